import type { Client } from "ssh2";

import type { Call } from "../../kit/types";

const ADVICE =
  "the SSH server must list it under AcceptEnv, or put VAR=value before the command where the remote shell takes that";

/**
 * Makes sure that the server takes the variables: SSH sends them without an answer, and a server drops what its
 * configuration does not allow. A server without the program `env` is believed.
 *
 * @throws Error naming the variables among `required` that do not arrive; for `wished` ones there is a warning.
 */
export async function checkEnvironment(
  call: Call<unknown>,
  client: Client,
  required: Record<string, string>,
  wished: Record<string, string>,
): Promise<void> {
  const all = { ...wished, ...required };
  if (Object.keys(all).length === 0) return;
  const arrived = await listEnvironment(client, all);
  if (arrived === undefined) return;
  const lost = Object.keys(all).filter((name) => !arrived.has(name));
  const [errors, warnings] = [
    lost.filter((name) => name in required),
    lost.filter((name) => !(name in required)),
  ];
  warnings.forEach((name) =>
    call.log("warning", `the variable ${name} does not reach the command: ${ADVICE}`),
  );
  if (errors.length > 0)
    throw new Error(`the variable ${errors.join(", ")} does not reach the command: ${ADVICE}`);
}

function listEnvironment(client: Client, env: Record<string, string>): Promise<Set<string> | undefined> {
  return new Promise((resolve, reject) => {
    client.exec("env", { env }, (error, channel) => {
      if (error) return reject(error);
      const chunks: Buffer[] = [];
      channel.on("data", (chunk: Buffer) => chunks.push(chunk));
      channel.stderr.resume();
      channel.on("close", (code: number | null) => {
        const lines = Buffer.concat(chunks).toString().split("\n");
        resolve(code === 0 ? new Set(lines.map((line) => line.split("=", 1)[0] ?? "")) : undefined);
      });
    });
  });
}
