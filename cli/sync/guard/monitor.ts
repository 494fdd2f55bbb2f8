import { spawn, type ChildProcess } from "node:child_process";
import type { Mutagen } from "../../mutagen/mutagen";
import { parseSessions, type MutagenSession } from "../../mutagen/session";

/** Follows all sessions of a Mutagen daemon, until it ends or `stop` is called. */
export class Monitor {
  private child: ChildProcess | undefined;

  constructor(
    private readonly mutagen: Mutagen,
    private readonly onChange: (sessions: MutagenSession[]) => void,
    private readonly onEnd: () => void,
  ) {}

  start(): void {
    const words = ["sync", "monitor", "--template", '{{json .}}{{"\\n"}}'];
    const child = spawn(this.mutagen.program, words, {
      env: this.mutagen.environment,
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.child = child;
    let rest = "";
    child.stdout.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      const last = lines.filter((line) => line !== "").pop();
      if (last !== undefined) this.onChange(parseSessions(last));
    });
    const ended = (): void => {
      if (this.child !== child) return;
      this.child = undefined;
      this.onEnd();
    };
    child.on("error", ended);
    child.on("close", ended);
  }

  stop(): void {
    const { child } = this;
    this.child = undefined;
    child?.kill();
  }
}
