import * as path from "node:path";
import { writeWhole } from "../settings/place-files";
import type { Workspace } from "../workspace";

/** What each session of sshd makes for itself, or what would change how its own programs are loaded. */
const NOT_FOR_SESSIONS = ["HOME", "USER", "LOGNAME", "SHELL", "MAIL"];

/** Who may log in, and what every session over SSH has in its environment: the same as the editor's terminals. */
export function placeServerFiles({ paths, spec, environment, log }: Workspace): void {
  const keys = spec.authorizedKeys.map((key) => `${key.trim()}\n`).join("");
  writeWhole(path.join(paths.ssh, "authorized_keys"), keys);
  if (spec.authorizedKeys.length === 0) log.warn("ssh", "nobody can log in: 'authorizedKeys' is empty");
  else log.info("ssh", `${spec.authorizedKeys.length} keys may log in`);
  writeWhole(path.join(paths.ssh, "sshd.d", "environment.conf"), setEnv(environment));
}

/** One line: of several sshd takes the first. */
export function setEnv(environment: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(environment)
    .filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !NOT_FOR_SESSIONS.includes(name))
    // What sshd's configuration cannot say in one line.
    .filter(([, value]) => /^[^\p{Cc}"\\]*$/u.test(value))
    .map(([name, value]) => `"${name}=${value}"`);
  return pairs.length === 0 ? "" : `SetEnv ${pairs.join(" ")}\n`;
}
