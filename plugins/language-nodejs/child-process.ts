import { spawn, type ChildProcess } from "node:child_process";

/** How long a program may take to end after it was asked to. */
const KILL_AFTER_MS = 5_000;

/** What Node prints when it runs out of memory; the second is how its inspector hides the first. */
const OUT_OF_MEMORY = [
  "<--- Last few GCs --->",
  "Check failed: needs_context && current_scope_ == closure_scope_",
];

export interface ExitedProcess {
  /** -1 for a process that a signal ended. */
  exitCode: number;
  ranOutOfMemory: boolean;
}

/** Asks a process to end, and ends it if it does not. */
function stop(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  child.once("exit", () => clearTimeout(timer));
}

const running = new Set<ChildProcess>();
// A host that ends (its engine is gone) takes its programs along: nobody else knows of them.
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/**
 * Runs Node, hands its output on as it comes, and resolves once it has ended and all of its output was handed on.
 * Rejects if Node cannot be started.
 */
export function runNode(
  args: string[],
  settings: {
    folder?: string;
    environment: NodeJS.ProcessEnv;
    signal: AbortSignal;
    onStdout: (chunk: Buffer) => void;
    onStderr: (chunk: Buffer) => void;
  },
): Promise<ExitedProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn("node", args, {
      cwd: settings.folder,
      env: settings.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    const onAbort = (): void => stop(child);
    let ranOutOfMemory = false;
    let lastErrorText = "";
    child.stdout.on("data", settings.onStdout);
    child.stderr.on("data", (chunk: Buffer) => {
      lastErrorText = (lastErrorText + chunk.toString("utf8")).slice(-4096);
      ranOutOfMemory ||= OUT_OF_MEMORY.some((mark) => lastErrorText.includes(mark));
      settings.onStderr(chunk);
    });
    child.on("error", (error) => reject(new Error(`could not run node: ${error.message}`, { cause: error })));
    child.on("close", (code) => {
      running.delete(child);
      settings.signal.removeEventListener("abort", onAbort);
      resolve({ exitCode: code ?? -1, ranOutOfMemory });
    });
    if (settings.signal.aborted) onAbort();
    settings.signal.addEventListener("abort", onAbort, { once: true });
  });
}
