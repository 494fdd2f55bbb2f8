import type { Call, Properties } from "../../kit/types";
import { CommandOutput, previousOutput } from "../output";
import { text, textMap, texts } from "../properties";
import { foundFiles } from "./found-files";
import { runProcess } from "./process";

const DEFAULT_INTERPRETER = ["/bin/sh", "-c"];

/**
 * Runs one command on this machine and returns the outputs `stdout`, `stderr`, `assets` and `archive`.
 *
 * @param old state of an earlier run, which the command sees in its variables.
 * @throws Error that names the command, how it ended and its last lines.
 */
export async function execute(
  call: Call<unknown>,
  command: string,
  inputs: Properties,
  old?: Properties,
): Promise<Properties> {
  const given = texts(inputs, "interpreter") ?? [];
  const [program = "/bin/sh", ...args] = given.length > 0 ? given : DEFAULT_INTERPRETER;
  const dir = workingFolder(inputs);
  const output = new CommandOutput(inputs, (line) => call.logStatus(line));
  try {
    const environment = { ...textMap(inputs, "environment"), ...previousOutput(inputs, old) };
    const words: [string, ...string[]] = [program, ...args, command];
    await runProcess({ words, environment, dir, stdin: text(inputs, "stdin") }, output, call.signal);
  } catch (error) {
    throw new Error(failure(command, program, dir, error as Error, output.tail), { cause: error });
  }
  return { ...output.outputs, ...(await foundFiles(inputs, dir)) };
}

/** The folder in which a command runs: by default that of the Pulumi program, in which the engine starts plugins. */
export function workingFolder(inputs: Properties): string {
  return text(inputs, "dir") ?? process.cwd();
}

function failure(command: string, program: string, dir: string, error: Error, tail: string): string {
  const why =
    (error as NodeJS.ErrnoException).code === "ENOENT"
      ? `it could not be started: either the program "${program}" or the folder "${dir}" does not exist`
      : error.message;
  return [`the command ${JSON.stringify(command)} failed: ${why}`, ...(tail === "" ? [] : [tail])].join("\n");
}
