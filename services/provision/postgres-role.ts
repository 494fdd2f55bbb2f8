import type { ContainerShell } from "./container-shell";
import { scramVerifier } from "./scram";
import { waitUntilReady } from "./wait-until-ready";

export interface PostgresRole {
  role: string;
  database: string;
}

interface Options {
  timeoutSeconds: number;
}

/**
 * Makes the role and its database, or sets both right: the role logs in with the password and nobody but the role may connect to the
 * database. Names come checked (arguments.ts).
 * @returns a line for the log.
 * @throws Error when the server is not ready in time, when the database belongs to another role, or with Postgres's own message.
 */
export async function grantPostgresRole(
  shell: ContainerShell,
  { role, database, password }: PostgresRole & { password: string },
  { timeoutSeconds }: Options,
): Promise<string> {
  await waitUntilReady(shell, timeoutSeconds);
  const owner = await query(
    shell,
    `SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '${database}';`,
  );
  if (owner !== "" && owner !== role) {
    throw new Error(
      `provision: database ${database} in ${shell.container} belongs to role ${owner}, not to ${role}: ` +
        `give the app another database name, or hand the database over with ALTER DATABASE … OWNER TO`,
    );
  }
  await query(
    shell,
    `SELECT 'CREATE ROLE "${role}"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}')\\gexec
ALTER ROLE "${role}" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '${scramVerifier(password)}';
SELECT 'CREATE DATABASE "${database}" OWNER "${role}"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}')\\gexec
REVOKE ALL ON DATABASE "${database}" FROM PUBLIC;
GRANT ALL ON DATABASE "${database}" TO "${role}";`,
  );
  return `postgres role ${role} may use database ${database} in ${shell.container}`;
}

/** Keeps the role from logging in and ends its sessions; its database and all data stay. A role that never was is fine. */
export async function removePostgresRole(
  shell: ContainerShell,
  { role, database }: PostgresRole,
  { timeoutSeconds }: Options,
): Promise<string> {
  await waitUntilReady(shell, timeoutSeconds);
  await query(
    shell,
    `SELECT 'ALTER ROLE "${role}" WITH NOLOGIN PASSWORD NULL' WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}')\\gexec
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '${role}';`,
  );
  return `postgres role ${role} is locked out of ${shell.container}; database ${database} is kept`;
}

async function query(shell: ContainerShell, sql: string): Promise<string> {
  const command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"];
  const { exitCode, stdout, stderr } = await shell.run(
    [...command, "--username=postgres", "--dbname=postgres"],
    `${sql}\n`,
  );
  if (exitCode !== 0) throw new Error(`provision: Postgres in ${shell.container} refused: ${stderr.trim()}`);
  return stdout.trim();
}
