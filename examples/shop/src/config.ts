import { readFileSync } from "node:fs";

/** What the shop must know to run. */
export interface Config {
  /** PORT: where it listens; default 3000. */
  port: number;
  /** DATABASE_URL_FILE names a file with the connection URL, because a container's environment is readable by many; DATABASE_URL is for a laptop. */
  databaseUrl: string;
}

/**
 * Reads the configuration.
 * @throws Error saying which variable is wrong and what to set it to.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const port = Number(env.PORT ?? "3000");
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Error("PORT must be a whole number from 1 to 65535");
  }
  const databaseUrl = findDatabaseUrl(env);
  if (databaseUrl === undefined) {
    throw new Error(
      "The shop needs Postgres: set DATABASE_URL_FILE to a file that holds postgres://user:password@host:5432/database",
    );
  }
  return { port, databaseUrl };
}

/** The database's URL, or undefined when none is configured; throws when the named file cannot be read. */
export function findDatabaseUrl(env: Record<string, string | undefined>): string | undefined {
  if (env.DATABASE_URL_FILE) {
    const url = readFileSync(env.DATABASE_URL_FILE, "utf8").trim();
    if (url === "") throw new Error(`DATABASE_URL_FILE names ${env.DATABASE_URL_FILE}, which is empty`);
    return url;
  }
  return env.DATABASE_URL;
}
