import { SSH_PORT, WORKSPACE_USER } from "../../../spec/workspace/in-container";
import type { Session } from "../../session";
import { sshKey } from "../key";
import { hostAlias, pinnedHostKeys } from "./host-key";

/**
 * How OpenSSH's client reaches a workspace on the shared host, as ssh_config(5) writes it: through this command as its
 * ProxyCommand, with the laptop's key alone, and with host keys that are known before.
 * @param named the key's file; this laptop's own where absent.
 */
export async function sshOptions(
  session: Session,
  name: string,
  named: string | undefined,
): Promise<[string, string][]> {
  const [key, knownHosts] = await Promise.all([sshKey(session, named), pinnedHostKeys(session, name)]);
  return [
    ["HostName", name],
    ["HostKeyAlias", hostAlias(name, session.devId)],
    ["User", WORKSPACE_USER.name],
    ["Port", String(SSH_PORT)],
    ["ProxyCommand", proxyCommand(session, name)],
    ["IdentityFile", quoted(key.file)],
    ["IdentitiesOnly", "yes"],
    ["UserKnownHostsFile", quoted(knownHosts)],
    ["GlobalKnownHostsFile", "none"],
    ["StrictHostKeyChecking", "yes"],
    ["PasswordAuthentication", "no"],
    ["ServerAliveInterval", "30"],
  ];
}

/** This very program: ssh hands the line to a shell, after it has put in what stands behind a `%`. */
function proxyCommand({ devId, home }: Session, name: string): string {
  const words = [process.execPath, process.argv[1] ?? "berth", "workspace", "tunnel", name];
  const all = [...words, "--dev-id", devId, "--home", home];
  return all.map((word) => quoted(word.replaceAll("%", "%%"))).join(" ");
}

/** One word for ssh_config and for shells, Windows' too. */
function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `"${word}"`;
}
