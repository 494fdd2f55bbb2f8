import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** A program to run, and where its lines go. */
export interface Program {
  command: string[];
  environment: Record<string, string>;
  folder: string;
  onLine: (line: string) => void;
}

/** How a program ended. */
export interface End {
  /** `exit code 1`, `signal SIGKILL`, or why it could not be started. */
  how: string;
  succeeded: boolean;
}

/** A program that was started as a group of its own, so that it ends with all that it started. */
export class RunningProcess {
  /** Settles when it has ended and its output is read. */
  readonly ended: Promise<End>;
  readonly #child: ChildProcess;

  constructor({ command: [file = "", ...args], environment, folder, onLine }: Program) {
    this.#child = spawn(file, args, {
      env: environment,
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      if (stream) createInterface({ input: stream }).on("line", onLine);
    this.ended = new Promise((resolve) => {
      this.#child.once("error", (error: NodeJS.ErrnoException) =>
        resolve({ how: `${file} cannot be started (${error.code ?? error.message})`, succeeded: false }),
      );
      // Not "close": what it left running may hold its output open for ever.
      this.#child.once("exit", (code, signal) =>
        resolve({ how: signal === null ? `exit code ${code}` : `signal ${signal}`, succeeded: code === 0 }),
      );
    });
  }

  /** Sends to the whole group; without effect once it has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
