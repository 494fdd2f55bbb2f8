import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** A shell at a terminal of its own, that a test types into. */
export class Terminal {
  private seen = "";
  private readonly child: ChildProcess;

  /** @param command for sh: the shell, interactive. */
  constructor(command: string, environment: NodeJS.ProcessEnv, folder: string) {
    // script(1) gives it a pseudo-terminal.
    this.child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
      env: environment,
      cwd: folder,
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.child.stdout?.on("data", (chunk: Buffer) => (this.seen += chunk.toString()));
  }

  type(keys: string): void {
    this.child.stdin?.write(keys);
  }

  /** What came after the last call, once it matches. @throws Error with all that came instead. */
  async until(pattern: RegExp, limitMs = 15_000): Promise<string> {
    const deadline = Date.now() + limitMs;
    while (!pattern.test(this.seen)) {
      if (Date.now() > deadline) throw new Error(`${String(pattern)} did not come:\n${this.seen}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { seen } = this;
    this.seen = "";
    return seen;
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await exit;
  }
}
