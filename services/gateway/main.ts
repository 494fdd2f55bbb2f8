import { startGateway } from "./gateway";
import { log } from "../shared/log";
import { createRules } from "./rules";
import { readSettings } from "./settings";

async function main(): Promise<void> {
  const settings = readSettings(process.argv[2]);
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });
  const gateway = await startGateway(settings, createRules(settings), (why) => {
    log("error", "only a new start can help", { why });
    process.exit(1);
  });
  // An error that no request owns must not take everybody's streams down; what decides is decided anew for each request.
  const survive = (error: unknown): void => {
    gateway.metrics.uncaughtError();
    log("error", "an error that no request owns", {
      error: error instanceof Error ? error.stack : String(error),
    });
  };
  process.on("uncaughtException", survive);
  process.on("unhandledRejection", survive);
  log("info", "stopping", { signal: await stopped });
  await gateway.stop();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    log("error", error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
