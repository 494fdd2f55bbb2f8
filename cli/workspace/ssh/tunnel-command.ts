import { Writable } from "node:stream";
import { SSH_PORT } from "../../../spec/workspace/in-container";
import { demultiplex } from "../../exec/demultiplex";
import { startExec } from "../../exec/start-exec";
import { Failure } from "../../failure";
import { openSession } from "../../session";
import type { SettingFlags } from "../../settings";
import { runningWorkspace } from "../local/find";

/** `berth workspace tunnel`: standard input and output become a connection to the workspace's sshd, for ssh's ProxyCommand. */
export async function tunnelCommand(name: string, flags: SettingFlags): Promise<void> {
  const session = await openSession(flags);
  const { Id } = await runningWorkspace(session, name);
  const command = ["socat", "-", `TCP:127.0.0.1:${SSH_PORT}`];
  const { stream } = await startExec(session.engine.getContainer(Id), { command, stdin: true });
  stream.on("error", () => process.stdin.destroy());
  process.stdin.on("error", () => undefined).pipe(stream);
  const problems = new Problems();
  await demultiplex(stream, process.stdout, problems);
  process.stdin.destroy();
  if (problems.text === "") return;
  throw new Failure(
    `sshd of workspace '${name}' does not answer: ${problems.text.trim()}. berth logs ${name} says what it does`,
  );
}

class Problems extends Writable {
  text = "";

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text = (this.text + chunk.toString("utf8")).slice(0, 500);
    done();
  }
}
