import { DatabaseError, Pool, type PoolClient, type QueryResult, type QueryResultRow } from "pg";
import { readDatabasePassword } from "../key-material";
import { log } from "../../shared/log";
import type { OnboardingSettings } from "../settings";

/** Enough for a burst; the developer's row makes requests of one developer wait for each other anyway. */
const CONNECTIONS = 10;
const STATEMENT_TIMEOUT_MS = 3_000;
/** Longest wait for a connection, free or new. */
const CONNECTION_TIMEOUT_MS = 8_000;

/** SQLSTATE classes that are our own mistake, whatever the database's state: bad data, a broken constraint, wrong SQL. */
const OWN_MISTAKES = ["22", "23", "42"];

/** The database cannot be used now; the same call may succeed later. */
export class DatabaseUnavailable extends Error {}

/** What a transaction, or the database outside of one, can run. */
export interface Queries {
  query<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<QueryResult<Row>>;
}

/** The service's own Postgres database. Connections that broke are replaced; nothing waits without an end. */
export class Database implements Queries {
  constructor(readonly pool: Pool) {
    // An idle connection that the server closes (a restart) is no reason to end the process.
    pool.on("error", (error) => log("warn", "a database connection was lost", { error: error.message }));
  }

  /** Connects lazily: the server need not be there yet. @throws Error where the password file cannot be read. */
  static open(settings: OnboardingSettings, applicationName: string): Database {
    const { host, port, name, user } = settings.database;
    return new Database(
      new Pool({
        host,
        port,
        database: name,
        user,
        password: readDatabasePassword(settings),
        application_name: applicationName,
        max: CONNECTIONS,
        connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
        idleTimeoutMillis: 30_000,
        keepAlive: true,
        statement_timeout: STATEMENT_TIMEOUT_MS,
        lock_timeout: STATEMENT_TIMEOUT_MS,
        idle_in_transaction_session_timeout: 2 * STATEMENT_TIMEOUT_MS,
        // A server that hangs whole does not keep its own timeouts.
        query_timeout: STATEMENT_TIMEOUT_MS + 1_000,
      }),
    );
  }

  /** @throws DatabaseUnavailable, or Postgres's own error where the statement is at fault. */
  query<Row extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<QueryResult<Row>> {
    return judged(this.pool.query<Row>(sql, values));
  }

  /**
   * Runs all of it or nothing. A process that is killed in the middle leaves nothing; one killed while Postgres commits may leave all.
   * @throws what `work` throws, DatabaseUnavailable, or Postgres's own error.
   */
  async transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    const client = await judged(this.pool.connect());
    const queries: Queries = { query: (sql, values) => judged(client.query(sql, values)) };
    let broken: Error | undefined;
    try {
      await queries.query("BEGIN");
      const result = await work(queries);
      await queries.query("COMMIT");
      return result;
    } catch (error) {
      // A connection that hangs would let the roll-back wait for as long again.
      broken = error instanceof DatabaseUnavailable ? error : await rollBack(client);
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

/** @returns why the connection cannot be used again. */
async function rollBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query("ROLLBACK");
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** Whether Postgres refused a row because of this constraint. */
export function violates(error: unknown, constraint: string): boolean {
  return error instanceof DatabaseError && error.code === "23505" && error.constraint === constraint;
}

/** Tells what is the database's state from what is our mistake; everything that pg itself throws is of the connection. */
async function judged<Result>(asked: Promise<Result>): Promise<Result> {
  try {
    return await asked;
  } catch (error) {
    const code = error instanceof DatabaseError ? (error.code ?? "") : "";
    if (OWN_MISTAKES.includes(code.slice(0, 2))) throw error;
    throw new DatabaseUnavailable((error as Error).message, { cause: error });
  }
}
