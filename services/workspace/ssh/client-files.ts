import * as path from "node:path";
import { KNOWN_SECRETS } from "../../../spec/workspace/in-container";
import { writeWhole } from "../settings/place-files";
import type { Workspace } from "../workspace";

/**
 * Published host keys, so that not even the first connection trusts whoever answers:
 * docs.github.com "GitHub's SSH key fingerprints", docs.gitlab.com "SSH known_hosts entries",
 * support.atlassian.com "Configure SSH and two-step verification".
 */
const KNOWN_HOSTS = `github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl
gitlab.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAfuCHKVTjquxvt6CM6tdG4SLp1Btn/nOeHHE5UOzRdf
bitbucket.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIazEu89wgQZ4bqs3d63QSMzYVa0MuJ2e2gKTKqu+UUO
`;

/**
 * What ssh and git over ssh use from here. The image's own client configuration includes it, after the user's, so what the user says counts.
 * Other hosts than the published ones are trusted at their first connection and refused once their key changes.
 */
export function placeClientFiles({ paths, secrets, log }: Workspace): void {
  const knownHosts = path.join(paths.ssh, "known_hosts");
  const key = path.join(paths.ssh, "git_key");
  const value = secrets.get(KNOWN_SECRETS.sshKey);
  writeWhole(knownHosts, KNOWN_HOSTS);
  if (value !== undefined) {
    writeWhole(key, `${value}\n`);
    log.info("git", "git over ssh uses the secret key");
  }
  // The defaults are named, since ssh tries them no more where another is.
  const keys = [
    "~/.ssh/id_ed25519",
    "~/.ssh/id_ecdsa",
    "~/.ssh/id_rsa",
    ...(value === undefined ? [] : [key]),
  ];
  const lines = [
    "StrictHostKeyChecking accept-new",
    `GlobalKnownHostsFile ${knownHosts} /etc/ssh/ssh_known_hosts`,
    ...keys.map((file) => `IdentityFile ${file}`),
  ];
  writeWhole(path.join(paths.ssh, "client.conf"), `${lines.join("\n")}\n`, 0o644);
}
