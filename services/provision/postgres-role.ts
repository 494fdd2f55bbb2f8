import type { ContainerShell } from "./container-shell";
import { scramVerifier } from "./scram";
import { onceReady, waitUntilReady } from "./wait-until-ready";

export interface PostgresRole {
  role: string;
  database: string;
}

/** How many databases an owner may have: those whose names end so. */
export interface DatabaseLimit {
  /** As databaseName() ends for every app of the owner: letters, digits and `_`. */
  end: string;
  most: number;
}

/** The limit is reached: nothing was made. */
export class TooManyDatabases extends Error {}

/** Shorter than an exec may take, so that who waits is told why. */
const LOCK_TIMEOUT_SECONDS = 20;

interface Options {
  timeoutSeconds: number;
}

/**
 * Makes the role and its database, or sets both right: the role logs in with the password and nobody but the role may connect to the
 * database. Names come checked (names.ts). Two at the same time wait for each other.
 * @param options `limit`: kept also where several ask at the same time
 * @returns a line for the log.
 * @throws TooManyDatabases; Error when the server is not ready in time, when the database belongs to another role, or with Postgres's own message.
 */
export async function grantPostgresRole(
  shell: ContainerShell,
  account: PostgresRole & { password: string },
  { timeoutSeconds, limit }: Options & { limit?: DatabaseLimit },
): Promise<string> {
  const { role, database } = account;
  const script = `${limit ? limitScript(database, limit) : ""}${grantScript(account)}`;
  const stranger = await onceReady(shell, timeoutSeconds, () => query(shell, script));
  if (stranger === LIMIT_REACHED) {
    throw new TooManyDatabases(
      `provision: there are ${limit?.most} databases already, and ${database} is none of them`,
    );
  }
  if (stranger !== "") {
    throw new Error(
      `provision: database ${database} in ${shell.container} belongs to role ${stranger}, not to ${role}: ` +
        `give the app another database name, or hand the database over with ALTER DATABASE … OWNER TO`,
    );
  }
  return `postgres role ${role} may use database ${database} in ${shell.container}`;
}

/** No role's name: those that we make are in lower case. */
const LIMIT_REACHED = "LIMIT REACHED";

/** Whoever asks for the same owner waits here, so that two new ones are not counted as one. */
function limitScript(database: string, { end, most }: DatabaseLimit): string {
  const owned = `right(datname, ${end.length + 1}) ~ '^[^_]${end}$'`;
  return `SET lock_timeout = '${LOCK_TIMEOUT_SECONDS}s';
SELECT pg_advisory_lock(hashtextextended('databases of ${end}', 0)) \\g /dev/null
SELECT count(*) >= ${most} AND NOT bool_or(datname = '${database}') AS full FROM pg_database WHERE ${owned} \\gset
\\if :full
\\echo '${LIMIT_REACHED}'
\\q
\\endif
`;
}

/** The databases whose names end so, with their sizes in bytes. @param end as in a DatabaseLimit */
export async function databasesOf(
  shell: ContainerShell,
  end: string,
): Promise<{ name: string; bytes: number }[]> {
  const where = `right(datname, ${end.length + 1}) ~ '^[^_]${end}$'`;
  const lines = await query(
    shell,
    `SELECT datname, pg_database_size(datname) FROM pg_database WHERE ${where} ORDER BY 1;`,
  );
  return lines.split("\n").flatMap((line) => {
    const [name, bytes] = line.split("|");
    return name ? [{ name, bytes: Number(bytes) }] : [];
  });
}

/** All in one go, because each psql costs a process in the container; prints the role that has the database where that is another. */
function grantScript({ role, database, password }: PostgresRole & { password: string }): string {
  const stranger = `FROM pg_database WHERE datname = '${database}' AND pg_get_userbyid(datdba) <> '${role}'`;
  return `SET lock_timeout = '${LOCK_TIMEOUT_SECONDS}s';
SELECT pg_advisory_lock(hashtextextended('${role}', 0)) \\g /dev/null
SELECT pg_get_userbyid(datdba) ${stranger};
SELECT EXISTS (SELECT ${stranger}) AS taken \\gset
\\if :taken
\\q
\\endif
SELECT 'CREATE ROLE "${role}"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}')\\gexec
ALTER ROLE "${role}" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '${scramVerifier(password)}';
SELECT 'CREATE DATABASE "${database}" OWNER "${role}"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}')\\gexec
REVOKE ALL ON DATABASE "${database}" FROM PUBLIC;
GRANT ALL ON DATABASE "${database}" TO "${role}";`;
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

/** Removes the role and its database with all that is in it, whoever is connected. */
export async function dropPostgresRole(
  shell: ContainerShell,
  { role, database }: PostgresRole,
): Promise<void> {
  await query(shell, `DROP DATABASE IF EXISTS "${database}" WITH (FORCE);\nDROP ROLE IF EXISTS "${role}";`);
}

/** Roles whose names begin so. @param start letters, digits and `_` */
export async function postgresRoles(shell: ContainerShell, start: string): Promise<string[]> {
  const roles = await query(shell, `SELECT rolname FROM pg_roles WHERE starts_with(rolname, '${start}');`);
  return roles.split("\n").filter((role) => role !== "");
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
