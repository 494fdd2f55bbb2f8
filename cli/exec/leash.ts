import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { startExec } from "./start-exec";

/**
 * Runs in the container, beside what it holds, and reads one line for each signal. The engine ends no exec whose client has gone, but it
 * closes its standard input: so the end of the input is the end of everything that carries the mark, politely first.
 */
const SCRIPT = `
mark="BERTH_EXEC=$1"
signal() {
  for file in $(grep -lsF "$mark" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill "-$1" "\${pid%/environ}" 2>/dev/null
  done
}
command -v grep >/dev/null && echo held
while read -r word; do
  [ "$word" = keep ] && exit 0
  signal "$word"
done
for word in TERM HUP HUP HUP KILL KILL; do
  signal "$word"
  sleep 1
  grep -qsF "$mark" /proc/[0-9]*/environ || exit 0
done
`;

const RELEASE_WITHIN_MS = 2_000;

/**
 * Holds what one command starts in a container, by a mark in its environment that all its children inherit: it can be sent signals, and
 * it ends when this process does, however that comes about.
 */
export class Leash {
  private readonly mark = randomBytes(16).toString("hex");
  private line: Promise<Duplex | undefined> = Promise.resolve(undefined);

  /** `NAME=value` for the environment of what is to be held. */
  get environment(): string {
    return `BERTH_EXEC=${this.mark}`;
  }

  /** Takes hold in a container. Never throws: what cannot be held still runs. */
  hold(container: Docker.Container): void {
    this.line = this.open(container).catch(() => undefined);
  }

  /** Sends a signal, such as INT, to everything that is held. False where nothing holds it. */
  async signal(name: "INT" | "TERM" | "HUP" | "KILL"): Promise<boolean> {
    const line = await this.line;
    if (line?.writable !== true) return false;
    line.write(`${name}\n`);
    return true;
  }

  /** Lets go, and leaves running what still runs. */
  async release(): Promise<void> {
    const line = await this.line;
    if (line?.writable !== true) return;
    line.end("keep\n");
    await Promise.race([once(line, "close"), sleep(RELEASE_WITHIN_MS, undefined, { ref: false })]);
    line.destroy();
  }

  private async open(container: Docker.Container): Promise<Duplex> {
    const command = ["/bin/sh", "-c", SCRIPT, "berth-leash", this.mark];
    const { stream } = await startExec(container, { command, stdin: true });
    stream.on("error", () => undefined);
    const [first] = (await once(stream, "data")) as [Buffer];
    stream.resume();
    if (first.includes("held")) return stream;
    stream.destroy();
    throw new Error(first.toString("utf8"));
  }
}
