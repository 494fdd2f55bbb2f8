import { runCommand } from "../../test/support/run-command";

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
  const started = process.hrtime.bigint();
  return runCommand(command, args, settings).then(
    ({ exitCode, output }) => ({
      exitCode,
      output,
      seconds: Number(process.hrtime.bigint() - started) / 1e9,
    }),
    (error: Error) => {
      throw new Error(`cannot run ${command}: ${error.message}`, { cause: error });
    },
  );
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
