import * as path from "node:path";
import { Writable } from "node:stream";
import { HOST_KEYS_FOLDER } from "../../../spec/workspace/container";
import { demultiplex } from "../../exec/demultiplex";
import { startExec } from "../../exec/start-exec";
import { Failure } from "../../failure";
import { privateFolder, readIfThere, writePrivate } from "../../files";
import type { Session } from "../../session";
import { workspacesFolder } from "../key";
import { runningWorkspace } from "../local/find";

/** Public keys in OpenSSH's form: type, key, comment. */
const KEY_LINE = /^(ssh-ed25519|ecdsa-sha2-[a-z0-9-]+|ssh-rsa|rsa-sha2-[0-9]+) [A-Za-z0-9+/=]+/;

/** The name under which a workspace's host keys are known, whatever leads there. */
export const hostAlias = (name: string, devId: string): string => `${name}.${devId}.berth`;

/**
 * Reads a workspace's host keys through the gateway, which knows whose container it is, and pins them for ssh. So ssh never has to ask
 * whether a key is right.
 * @returns the file, in the form of known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
 * @throws Failure where the workspace does not run, or has none yet.
 */
export async function pinnedHostKeys(session: Session, name: string): Promise<string> {
  const { Id } = await runningWorkspace(session, name);
  const command = [
    "sh",
    "-c",
    `for key in ${HOST_KEYS_FOLDER}/ssh_host_*_key; do ssh-keygen -y -f "$key"; done`,
  ];
  const { stream } = await startExec(session.engine.getContainer(Id), { command });
  const [keys, problems] = [new Collector(), new Collector()];
  await demultiplex(stream, keys, problems);
  const lines = keys.text
    .split("\n")
    .flatMap((line) => KEY_LINE.exec(line)?.[0] ?? [])
    .map((key) => `${hostAlias(name, session.devId)} ${key}`);
  if (lines.length === 0) {
    throw new Failure(
      `workspace '${name}' has no host key yet (${problems.text.trim() || "none was found"}): try again in a moment; berth logs ${name} says what it does`,
    );
  }
  const file = path.join(workspacesFolder(session), `${name}.known_hosts`);
  const text = `${lines.sort().join("\n")}\n`;
  privateFolder(path.dirname(file));
  if (readIfThere(file) !== text) writePrivate(file, text);
  return file;
}

class Collector extends Writable {
  text = "";

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}
