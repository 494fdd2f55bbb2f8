import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { causeOf, EXIT, Failure } from "../failure";
import { privateFolder, readIfThere } from "../files";
import { withFileLock } from "../lock";

/** The key by which this laptop logs in to workspaces. */
export interface SshKey {
  /** Private half, as `ssh -i` takes it. */
  file: string;
  /** One line in OpenSSH's form. */
  publicKey: string;
}

/** Everything that this laptop keeps of a developer's workspaces: its key, and the host keys that it knows. */
export function workspacesFolder({ home, devId }: { home: string; devId: string }): string {
  return path.join(home, "workspaces", devId);
}

/**
 * The key that is named, or this laptop's own, which is made where there is none.
 * @param named private half; its public half lies beside it, with `.pub` at its end.
 * @throws Failure where the named one has no public half, or none can be made.
 */
export async function sshKey(
  owner: { home: string; devId: string },
  named: string | undefined,
): Promise<SshKey> {
  if (named !== undefined) return namedKey(named);
  const file = path.join(workspacesFolder(owner), "id_ed25519");
  privateFolder(path.dirname(file));
  await withFileLock(owner.home, file, async () => {
    if (!fs.existsSync(`${file}.pub`)) await makeKey(file, owner.devId);
  });
  return { file, publicKey: fs.readFileSync(`${file}.pub`, "utf8").trim() };
}

function namedKey(named: string): SshKey {
  const file = path.resolve(named.replace(/^~(?=\/|$)/, os.homedir())).replace(/\.pub$/, "");
  const publicKey = readIfThere(`${file}.pub`)?.trim();
  if (publicKey !== undefined) return { file, publicKey };
  throw new Failure(
    `--key '${named}' has no public half beside it (${file}.pub): make it with ssh-keygen -y -f ${file} > ${file}.pub, or leave --key out`,
    EXIT.usage,
  );
}

async function makeKey(file: string, devId: string): Promise<void> {
  const comment = `berth-${devId}@${os.hostname()}`;
  try {
    fs.rmSync(file, { force: true });
    await promisify(execFile)("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file]);
  } catch (error) {
    throw new Failure(
      `no SSH key can be made (${causeOf(error)}): install OpenSSH's client, or name a key with --key`,
      EXIT.failed,
      { cause: error },
    );
  }
}
