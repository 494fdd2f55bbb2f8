#!/bin/sh
# berth-workspace health | run
set -eu
keys=/workspace/.berth/ssh
case "$1" in
health)
  exec node -e 'fetch("http://127.0.0.1:8080/healthz").then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))'
  ;;
run)
  mkdir -p "$keys" /workspace/home /workspace/projects
  [ -f "$keys/ssh_host_ed25519_key" ] || ssh-keygen -q -t ed25519 -N '' -f "$keys/ssh_host_ed25519_key"
  cp "$keys"/ssh_host_ed25519_key* /run/berth/ssh/
  chmod 600 /run/berth/ssh/ssh_host_ed25519_key
  node -p 'JSON.parse(require("fs").readFileSync("/etc/berth/workspace.json", "utf8")).authorizedKeys.join("\n")' \
    > /run/berth/ssh/authorized_keys
  chmod 600 /run/berth/ssh/authorized_keys
  /usr/sbin/sshd -D -e -f /opt/stand-in/sshd_config &
  exec node /opt/stand-in/server.mjs
  ;;
esac
