import { connect } from "node:net";

import { startServer, type PluginServer } from "./server";
import type { PluginDefinition } from "./types";

const ENGINE_CHECK_MILLISECONDS = 5_000;
const TIDY_UP_MILLISECONDS = 10_000;

/**
 * The main function of a plugin process: the engine starts it with its own address as the only argument, reads the port
 * from standard output, and speaks gRPC to it. Ends with the engine, on SIGINT or on SIGTERM; calls under way get a
 * moment to tidy up.
 */
export async function servePlugin<Client>(definition: PluginDefinition<Client>): Promise<void> {
  const engineAddress = process.argv[2];
  const server = await startServer(definition, engineAddress);
  const end = () => void shutDown(server);
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  if (engineAddress !== undefined) watchEngine(engineAddress, end);
  process.stdout.write(`${server.port}\n`);
}

async function shutDown(server: PluginServer): Promise<void> {
  const deadline = Date.now() + TIDY_UP_MILLISECONDS;
  const stopped = server.stop();
  while (!server.idle && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  await stopped;
  process.exit(0);
}

/** A killed engine says nothing, and its plugins must not stay behind. */
function watchEngine(address: string, gone: () => void): void {
  const separator = address.lastIndexOf(":");
  const [host, port] = [address.slice(0, separator), Number(address.slice(separator + 1))];
  setInterval(() => {
    const probe = connect({ host, port }, () => probe.destroy());
    probe.on("error", gone);
  }, ENGINE_CHECK_MILLISECONDS).unref();
}
