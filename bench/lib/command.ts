import { spawn } from "node:child_process";

export interface Finished {
  exitCode: number;
  /** Standard output and standard error in the order they came. */
  output: string;
  seconds: number;
}

/** Runs a command to its end and takes its time. A failing one is a result. */
export function timed(
  command: string,
  args: string[],
  settings: { folder?: string; environment?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(command, args, {
      cwd: settings.folder,
      env: { ...process.env, ...settings.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", (error) =>
      reject(new Error(`cannot run ${command}: ${error.message}`, { cause: error })),
    );
    child.on("close", (code) =>
      resolve({ exitCode: code ?? -1, output, seconds: Number(process.hrtime.bigint() - started) / 1e9 }),
    );
  });
}

/** Like {@link timed}; a failing command is an Error with the end of what it printed. */
export async function timedOrThrow(...asked: Parameters<typeof timed>): Promise<Finished> {
  const finished = await timed(...asked);
  if (finished.exitCode === 0) return finished;
  const [command, args] = asked;
  throw new Error(
    `${[command, ...args].join(" ")} failed (exit code ${finished.exitCode}):\n${finished.output.slice(-4000)}`,
  );
}
