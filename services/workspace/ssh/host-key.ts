import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as sshpk from "sshpk";
import { writeWhole } from "../settings/place-files";
import type { Workspace } from "../workspace";

const NAME = "ssh_host_ed25519_key";

/**
 * The server's key: made once and kept on the volume, so that it survives a rebuilt image; a copy that only the user may read is what sshd
 * gets, since some volumes know no modes. One of Ed25519 alone: every client since OpenSSH 6.5 knows it, and there is no weaker one to choose.
 * @throws Error where the kept one is damaged: a new one would look to every client like an attack.
 */
export function placeHostKey({ paths, log, spec }: Workspace): void {
  const kept = path.join(paths.kept, "ssh", NAME);
  if (!fs.existsSync(kept)) {
    makeKey(kept, spec.name);
    log.info("ssh", "made the host key, kept on the volume");
  }
  const key = fs.readFileSync(kept);
  writeWhole(path.join(paths.ssh, NAME), key);
  log.info("ssh", `host key ${fingerprint(key, kept)}`);
}

function makeKey(file: string, name: string): void {
  const folder = path.dirname(file);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = path.join(folder, "new");
  for (const half of [temporary, `${temporary}.pub`]) fs.rmSync(half, { force: true });
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", temporary], {
    stdio: "pipe",
  });
  fs.renameSync(`${temporary}.pub`, `${file}.pub`);
  fs.renameSync(temporary, file);
}

function fingerprint(key: Buffer, file: string): string {
  try {
    return sshpk.parsePrivateKey(key).fingerprint("sha256").toString();
  } catch (error) {
    throw new Error(
      `workspace: the host key ${file} is damaged: put it back from a copy, or remove it for a new one, which every client must be told`,
      { cause: error },
    );
  }
}
