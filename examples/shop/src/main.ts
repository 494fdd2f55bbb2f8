import { readConfig } from "./config.js";
import { logError, logInfo } from "./log.js";
import { startShop } from "./server.js";
import { openDatabase, waitForDatabase } from "./store/database.js";
import { migrate } from "./store/migrations.js";

/** Shorter than the ten seconds after which an engine kills a container. */
const STOP_TIMEOUT_MS = 8_000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const pool = openDatabase(config.databaseUrl);
  await waitForDatabase(pool);
  const applied = await migrate(pool);
  const shop = await startShop(pool, config.port);
  logInfo("the shop is open", { port: shop.port, migrations: applied });

  let isStopping = false;
  const stop = (signal: string): void => {
    // A watcher hands on what the process group has got already.
    if (isStopping) return;
    isStopping = true;
    logInfo("the shop closes", { signal });
    setTimeout(() => {
      logError("closing took too long", new Error(`still open after ${STOP_TIMEOUT_MS} ms`));
      process.exit(1);
    }, STOP_TIMEOUT_MS).unref();
    shop
      .close()
      .then(() => pool.end())
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        logError("closing failed", error);
        process.exit(1);
      });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

main().catch((error: unknown) => {
  logError("the shop cannot open", error);
  process.exit(1);
});
