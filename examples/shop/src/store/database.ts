import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { logError } from "../log.js";

/** How long the shop waits for Postgres at its start; both may be starting at once. */
const READY_TIMEOUT_MS = 30_000;

/** Opens a pool; `schema` puts every table into a schema of that name (tests use one each). */
export function openDatabase(url: string, schema?: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    ...(schema === undefined ? {} : { options: `-c search_path=${schema}` }),
  });
  // An idle connection that breaks is replaced at the next query; without a listener it would end the process.
  pool.on("error", (error) => logError("an idle database connection broke", error));
  return pool;
}

/**
 * Waits until the database answers.
 * @throws the last error of the database after 30 seconds.
 */
export async function waitForDatabase(pool: pg.Pool, timeoutMs = READY_TIMEOUT_MS): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      await pool.query("SELECT 1");
      return;
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await sleep(500);
    }
  }
}

/** Runs the work in one transaction: all of it happens or nothing does. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((reason: unknown) => {
      broken = reason instanceof Error ? reason : new Error(String(reason));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
