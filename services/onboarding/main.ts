import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { buildServer } from "./http/server";
import type { Service } from "./http/service";
import { readKeyMaterial, readPinKey } from "./key-material";
import { Limits } from "./limits";
import { log } from "../shared/log";
import { Metrics } from "./metrics";
import { readSettings } from "./settings";
import { Database, DatabaseUnavailable } from "./store/database";
import { forgetOldEvents } from "./store/events";
import { migrate } from "./store/migrate";

const DEFAULT_SETTINGS_FILE = "/run/berth/onboarding.json";
const HOUSEKEEPING_MS = 60 * 60 * 1_000;
const LONGEST_RETRY_MS = 5_000;
/** An engine kills after 10 seconds by default. */
const STOP_WITHIN_MS = 8_000;

async function main(): Promise<void> {
  const settings = readSettings(process.argv[2] ?? DEFAULT_SETTINGS_FILE);
  const keys = readKeyMaterial(settings);
  const database = Database.open(settings, "onboarding");
  const { authority } = keys;
  const service: Service = {
    issuer: { database, authority, pinKey: readPinKey(settings), settings },
    keys,
    limits: new Limits(database, settings.limits),
    metrics: new Metrics(authority),
  };
  const app = await buildServer(service);
  const stopped = stopOnSignals(app, database);
  await app.listen({ host: "0.0.0.0", port: settings.listen.port });
  log("info", "listening", { port: settings.listen.port, dockerEndpoint: settings.dockerEndpoint });
  await migrateUntilDone(database, settings.gatewayDatabaseUser, stopped);
  keepHouse(database, stopped);
}

/** The database may come later than this service: until then every request is answered with "try again". */
async function migrateUntilDone(
  database: Database,
  gatewayUser: string,
  stopped: AbortSignal,
): Promise<void> {
  for (let retryMs = 250; !stopped.aborted; retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)) {
    try {
      await migrate(database, gatewayUser);
      log("info", "the database is ready");
      return;
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      log("warn", "the database is not available yet", { error: error.message, retryMs });
      await sleep(retryMs, undefined, { signal: stopped }).catch(() => undefined);
    }
  }
}

function keepHouse(database: Database, stopped: AbortSignal): void {
  const timer = setInterval(() => {
    forgetOldEvents(database).catch((error: Error) =>
      log("warn", "old events could not be removed", { error: error.message }),
    );
  }, HOUSEKEEPING_MS);
  stopped.addEventListener("abort", () => clearInterval(timer));
}

/** Answers what has begun, closes the database, ends with 0. */
function stopOnSignals(app: FastifyInstance, database: Database): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      stop.abort();
      setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
      app
        .close()
        .then(() => database.close())
        .then(() => log("info", "stopped"))
        .then(
          () => process.exit(0),
          (error: Error) => {
            log("error", "stopping failed", { error: error.message });
            process.exit(1);
          },
        );
    });
  }
  return stop.signal;
}

main().catch((error: unknown) => {
  log("error", error instanceof Error ? error.message : String(error));
  process.exit(1);
});
