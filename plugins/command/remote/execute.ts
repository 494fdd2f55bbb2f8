import type { Client } from "ssh2";

import type { Call, Properties } from "../../kit/types";
import { CommandOutput, previousOutput } from "../output";
import { text, textMap } from "../properties";
import { readConnection } from "./connection";
import { withConnection } from "./dial";
import { checkEnvironment } from "./environment";

/**
 * Runs one command over SSH and returns the outputs `stdout` and `stderr`.
 *
 * @param old state of an earlier run, which the command sees in its variables if the server lets them in.
 * @throws Error that names the command, the server, how it ended and its last lines.
 */
export async function executeRemotely(
  call: Call<unknown>,
  command: string,
  inputs: Properties,
  old?: Properties,
): Promise<Properties> {
  const connection = readConnection(inputs);
  const output = new CommandOutput(inputs, (line) => call.logStatus(line));
  return withConnection(call, connection, async (client) => {
    const [required, wished] = [textMap(inputs, "environment"), previousOutput(inputs, old)];
    await checkEnvironment(call, client, required, wished);
    try {
      await run(
        call,
        client,
        { command, env: { ...wished, ...required }, stdin: text(inputs, "stdin") },
        output,
      );
    } catch (error) {
      const what = `the command ${JSON.stringify(command)} failed on ${connection.target.host}`;
      const tail = output.tail === "" ? "" : `\n${output.tail}`;
      throw new Error(`${what}: ${(error as Error).message}${tail}`, { cause: error });
    }
    return { ...output.outputs };
  });
}

function run(
  call: Call<unknown>,
  client: Client,
  { command, env, stdin }: { command: string; env: Record<string, string>; stdin: string | undefined },
  output: CommandOutput,
): Promise<void> {
  return new Promise((resolve, reject) => {
    client.on("close", () =>
      reject(call.signal.aborted ? (call.signal.reason as Error) : new Error("the connection broke")),
    );
    client.exec(command, { env }, (error, channel) => {
      if (error) return reject(error);
      call.signal.addEventListener("abort", () => channel.signal("TERM"), { once: true });
      channel.on("data", (chunk: Buffer) => output.write("stdout", chunk));
      channel.stderr.on("data", (chunk: Buffer) => output.write("stderr", chunk));
      channel.on("close", (code: number | null, by?: string) => {
        output.end();
        if (code === 0) resolve();
        else
          reject(
            new Error(
              code === null ? `it was ended by ${by ?? "the server"}` : `it ended with exit code ${code}`,
            ),
          );
      });
      channel.end(stdin ?? "");
    });
  });
}
