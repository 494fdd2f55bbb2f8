import { spawn } from "node:child_process";

import type { Call } from "../../kit/types";
import type { CommandOutput } from "../output";

const KILL_AFTER_MILLISECONDS = 5_000;

export interface LocalProcess {
  /** Program and arguments. */
  words: [string, ...string[]];
  /** Added to this process's own variables. */
  environment: Record<string, string>;
  dir: string;
  stdin: string | undefined;
}

/**
 * Runs a process to its end. It leads a process group of its own, so that a cancellation reaches what it started, too:
 * first SIGTERM, five seconds later SIGKILL.
 *
 * @throws Error when it cannot be started, ends with another code than 0, or is cancelled.
 */
export async function runProcess(
  { words: [program, ...args], environment, dir, stdin }: LocalProcess,
  output: CommandOutput,
  signal: Call<unknown>["signal"],
): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(program, args, {
    cwd: dir,
    env: { ...process.env, ...environment },
    detached: true,
    stdio: [stdin ? "pipe" : "ignore", "pipe", "pipe"],
  });
  child.stdout?.on("data", (chunk: Buffer) => output.write("stdout", chunk));
  child.stderr?.on("data", (chunk: Buffer) => output.write("stderr", chunk));
  // A process that does not read its input closes it early; that is no failure of the command.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(stdin);
  const stopKilling = killOnAbort(child.pid, signal);
  try {
    const end = await new Promise<{ code: number | null; by: NodeJS.Signals | null }>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, by) => resolve({ code, by }));
    });
    signal.throwIfAborted();
    if (end.code !== 0)
      throw new Error(
        end.code === null ? `it was ended by ${end.by}` : `it ended with exit code ${end.code}`,
      );
  } finally {
    stopKilling();
    output.end();
  }
}

function killOnAbort(pid: number | undefined, signal: AbortSignal): () => void {
  if (pid === undefined) return () => undefined;
  let later: NodeJS.Timeout | undefined;
  const kill = () => {
    signalGroup(pid, "SIGTERM");
    later = setTimeout(() => signalGroup(pid, "SIGKILL"), KILL_AFTER_MILLISECONDS);
  };
  signal.addEventListener("abort", kill, { once: true });
  return () => {
    signal.removeEventListener("abort", kill);
    clearTimeout(later);
  };
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
