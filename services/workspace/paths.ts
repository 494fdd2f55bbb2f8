import * as path from "node:path";
import {
  EDITOR_PORT,
  KEPT_PATH,
  PROJECTS_PATH,
  SECRETS_FOLDER,
  SPEC_FILE,
  SSH_PORT,
  STOPPED_MARKER,
  WORKSPACE_HOME,
  WORKSPACE_VOLUME_PATH,
} from "../../spec/workspace/in-container";

/**
 * What the image must have for this program (`/opt/berth/main.js`, started by `tini -g -- node /opt/berth/main.js`, as `dev` or as root):
 *
 * - `/usr/local/bin/berth-workspace`: `exec node /opt/berth/main.js "$@"`, with `health` as the image's health check.
 * - `/run/berth`, mode 0755, and `/workspace`, both of `dev`, whose home in `/etc/passwd` is `/workspace/home`.
 * - `/etc/gitconfig`: `[include] path = /run/berth/git/config`.
 * - `/etc/ssh/ssh_config.d/50-berth.conf`: `Include /run/berth/ssh/client.conf`.
 * - `/etc/ssh/berth_sshd_config` begins with `Include /run/berth/ssh/sshd.d/*.conf` (it holds one `SetEnv`: of several sshd takes the first, so
 *   the image has none), and names `HostKey /run/berth/ssh/ssh_host_ed25519_key`, `AuthorizedKeysFile /run/berth/ssh/authorized_keys`,
 *   `PidFile none`, `UsePAM no`, `Subsystem sftp internal-sftp`.
 * - `claude`, `gemini`, `copilot`, `gh` and `glab` in `/usr/local/bin` are one script: it reads `/run/berth/tools/<its name>.sh` where that
 *   exists (`. file`: exports of keys from their files), then `exec /opt/berth/tools/<its name> "$@"`. So they have their keys in every kind
 *   of session, and no other process has.
 * - `/opt/code-server/bin/code-server` where the image has the editor, and `/usr/share/berth/home`: what a new home begins with.
 * - Programs in `/etc/berth/as-root.d`, by name, are run once before a start as root becomes `dev`: fail2ban starts there.
 *   sshd's lines are in `/run/berth/log/sshd.log` too, for it to read.
 */
export interface Paths {
  volume: string;
  home: string;
  projects: string;
  /** What the workspace keeps for itself on the volume. */
  kept: string;
  specFile: string;
  /** Where the platform puts secrets. */
  givenSecrets: string;
  /** Of this container's life only; no secret is anywhere else. */
  run: string;
  /** One file a declared secret, readable by the user alone, wherever it came from. */
  secrets: string;
  socket: string;
  ssh: string;
  /** `config`, which git reads through the image's /etc/gitconfig. */
  git: string;
  /** What the wrappers of command lines read. */
  tools: string;
  editorConfig: string;
  log: string;
  idleNotice: string;
  stoppedMarker: string;
  skeleton: string;
  asRoot: string;
  sshd: string;
  sshdConfig: string;
  editor: string;
  cgroup: string;
}

/** All places below one root: `/` in a container. */
export function pathsBelow(root: string): Paths {
  const at = (absolute: string): string => path.join(root, absolute);
  return {
    volume: at(WORKSPACE_VOLUME_PATH),
    home: at(WORKSPACE_HOME),
    projects: at(PROJECTS_PATH),
    kept: at(KEPT_PATH),
    specFile: at(SPEC_FILE),
    givenSecrets: at(SECRETS_FOLDER),
    run: at("/run/berth"),
    secrets: at("/run/berth/secrets"),
    socket: at("/run/berth/workspace.sock"),
    ssh: at("/run/berth/ssh"),
    git: at("/run/berth/git"),
    tools: at("/run/berth/tools"),
    editorConfig: at("/run/berth/code-server/config.yaml"),
    log: at("/run/berth/log"),
    idleNotice: at("/run/berth/idle-notice"),
    stoppedMarker: at(STOPPED_MARKER),
    skeleton: at("/usr/share/berth/home"),
    asRoot: at("/etc/berth/as-root.d"),
    sshd: at("/usr/sbin/sshd"),
    sshdConfig: at("/etc/ssh/berth_sshd_config"),
    editor: at("/opt/code-server/bin/code-server"),
    cgroup: at("/sys/fs/cgroup"),
  };
}

/** What the program is told on its command line; in a container nothing of it. */
export interface Options {
  /** Where all paths begin. */
  root: string;
  sshPort: number;
  editorPort: number;
  /** The user that everything runs as after a start as root. */
  userId: number;
  /** How long a minute of the idle stop's settings lasts; shorter ones make it observable. */
  minuteMs: number;
  /** How to call this very program: its interpreter, its file and the options above, for configuration that calls it back. */
  self: string[];
}

export const DEFAULT_OPTIONS = {
  root: "/",
  sshPort: SSH_PORT,
  editorPort: EDITOR_PORT,
  minuteMs: 60_000,
} as const;
