import Docker from "dockerode";
import { readConfig } from "./config";
import { follow } from "./follow";
import { log } from "../shared/log";
import { createSynchroniser } from "./synchronise";

/** The engine answers a container list in milliseconds; a call without an end would stop all routes. */
const ENGINE_TIMEOUT_MS = 10_000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  log("info", "following the engine's containers", {
    stack: config.stack,
    proxy: config.proxyContainer,
    domain: config.domain,
  });
  const synchronise = createSynchroniser(new Docker({ timeout: ENGINE_TIMEOUT_MS }), config);
  await follow(new Docker(), synchronise, config.resyncSeconds, stop.signal);
  // Routes stay: the apps are reachable while this service restarts.
  log("info", "stopped");
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    log("error", error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
