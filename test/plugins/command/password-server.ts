import { generateKeyPairSync } from "node:crypto";
import type { AddressInfo } from "node:net";

import { Server, type AuthContext } from "ssh2";

/** An SSH server that lets in with a password only: real accounts with passwords are nothing a test should make. */
export async function startPasswordServer(
  password: string,
  method: "password" | "keyboard-interactive",
): Promise<{ port: number; close(): void }> {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const server = new Server({ hostKeys: [privateKey] }, (client) => {
    client.on("authentication", (context) => authenticate(context, password, method));
    client.on("session", (accept) =>
      accept().on("exec", (acceptCommand, _, { command }) => {
        const channel = acceptCommand();
        channel.write(`heard ${command}\n`);
        channel.exit(0);
        channel.end();
      }),
    );
    // A client that hangs up in the middle of its attempts is what these tests are about.
    client.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

function authenticate(context: AuthContext, password: string, method: string): void {
  if (context.method !== method) return context.reject([method as "password"]);
  if (context.method === "password")
    return context.password === password ? context.accept() : context.reject();
  if (context.method !== "keyboard-interactive") return context.reject();
  context.prompt([{ prompt: "Password: ", echo: false }], (answers) =>
    answers[0] === password ? context.accept() : context.reject(),
  );
}
