// The program behind `pulumi-language-nodejs`: serves the language host and prints its port, as the engine expects.
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { parseArgs } from "node:util";
import { CHANNEL_OPTIONS, EngineConnection } from "./engine-connection";
import { HOST_VERSION, languageHost } from "./language-host";

/** The engine writes its flags with one dash (`-v=9`), as Go programs do. */
function withTwoDashes(argument: string): string {
  return /^-[a-z]/.test(argument) ? `-${argument}` : argument;
}

function main(): void {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2).map(withTwoDashes),
    allowPositionals: true,
    // Log flags of the engine's own (-v, -logtostderr, -logflow) may come in and mean nothing here.
    strict: false,
    options: { version: { type: "boolean" }, tracing: { type: "string" } },
  });
  if (values.version === true) {
    process.stdout.write(`v${HOST_VERSION}\n`);
    return;
  }
  const address = positionals.at(-1);
  const engine = address === undefined ? undefined : new EngineConnection(address);
  const server = new grpc.Server(CHANNEL_OPTIONS);
  server.addService(
    LanguageRuntimeService,
    languageHost({ engine, tracing: typeof values.tracing === "string" ? values.tracing : "" }),
  );
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      process.stderr.write(
        `pulumi-language-nodejs: cannot listen on the loopback interface: ${error.message}\n`,
      );
      process.exit(1);
    }
    process.stdout.write(`${port}\n`);
  });
  engine?.onLost(() => process.exit(1));
}

main();
