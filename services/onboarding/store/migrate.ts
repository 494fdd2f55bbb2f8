import type { Database, Queries } from "./database";
import { MIGRATIONS } from "./migrations";

/** Any number that nothing else in this database takes as an advisory lock. */
const LOCK = 5_443_001;

/**
 * Brings the database to the newest step and gives the gateway's role its rights. Replicas that start together wait for each other.
 * @throws DatabaseUnavailable, or Postgres's own error where the database is newer or cannot be changed.
 */
export async function migrate(database: Database, gatewayUser: string): Promise<void> {
  await database.transaction(async (queries) => {
    // Held until the end of the transaction, so that a killed replica leaves no lock.
    await queries.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    await queries.query(
      "CREATE TABLE IF NOT EXISTS schema_migration (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
    );
    const done = await schemaVersion(queries);
    if (done > MIGRATIONS.length) {
      throw new Error(
        `onboarding: the database is at step ${done} and this program knows ${MIGRATIONS.length}: run a newer image`,
      );
    }
    for (const [index, step] of MIGRATIONS.entries()) {
      if (index < done) continue;
      await queries.query(step);
      await queries.query("INSERT INTO schema_migration (version) VALUES ($1)", [index + 1]);
    }
    await grantGateway(queries, gatewayUser);
  });
}

/** Whether the database is at the step that this program needs. */
export async function isMigrated(queries: Queries): Promise<boolean> {
  return (await schemaVersion(queries)) === MIGRATIONS.length;
}

async function schemaVersion(queries: Queries): Promise<number> {
  const { rows } = await queries.query<{ version: number }>(
    "SELECT coalesce(max(version), 0) AS version FROM schema_migration",
  );
  return rows[0]?.version ?? 0;
}

/** At every start, because the role's name is a setting. The gateway reads three views; views use their owner's rights. */
async function grantGateway(queries: Queries, gatewayUser: string): Promise<void> {
  const { rows } = await queries.query("SELECT FROM pg_roles WHERE rolname = $1", [gatewayUser]);
  if (rows.length === 0) {
    throw new Error(
      `onboarding: the database has no role ${gatewayUser}: create it, or name another as gatewayDatabaseUser`,
    );
  }
  // The setting's schema allows nothing that would need more than quotes.
  const role = `"${gatewayUser}"`;
  await queries.query(`
DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()); END $$;
DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO ${role}', current_database()); END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ${role};
GRANT SELECT ON gateway_certificate, gateway_authority, gateway_revision TO ${role};`);
}
