import { connect } from "node:net";

import { startServer, type PluginServer } from "./server";
import type { PluginDefinition } from "./types";

const RECONNECT_MILLISECONDS = 100;
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

/**
 * A killed engine says nothing, and its plugins must neither stay behind nor go on making things. But the system closes its
 * connections with it: one that is held open tells at once. An engine that merely closes it is found again.
 */
function watchEngine(address: string, gone: () => void): void {
  const separator = address.lastIndexOf(":");
  const [host, port] = [address.slice(0, separator), Number(address.slice(separator + 1))];
  let connected = false;
  const held = connect({ host, port }, () => (connected = true));
  // "close" follows every error.
  held.on("error", () => undefined);
  held.once("close", () => {
    if (connected) setTimeout(() => watchEngine(address, gone), RECONNECT_MILLISECONDS).unref();
    else gone();
  });
  held.resume().unref();
}
