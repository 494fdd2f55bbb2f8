import { parseArgs } from "node:util";

export const USAGE = `usage:
  provision postgres-role --container NAME --role ROLE --database DATABASE [--remove] [--timeout-seconds 60]
  provision redis-user    --container NAME --user USER --key-prefix PREFIX [--remove] [--timeout-seconds 60]
  provision settle        --container NAME --limit PROCESSES [--timeout-seconds 60]
Without --remove, and but for settle, standard input holds {"password": "..."}.`;

interface Common {
  /** The service's container, by name or id. */
  container: string;
  /** Close the access; data stays. */
  remove: boolean;
  /** How long the container may take to become ready; default 60. */
  timeoutSeconds: number;
}

export type ProvisionRequest =
  | (Common & { kind: "postgres-role"; role: string; database: string })
  | (Common & { kind: "redis-user"; user: string; keyPrefix: string })
  | (Common & { kind: "settle"; limit: number });

/** Postgres cuts names at 63 bytes in silence; lower case needs no quotes for whoever types it later. */
const POSTGRES_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const REDIS_USER = /^[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,127}$/;
/** No pattern characters (* ? [ ] \ ^), or a prefix would cover other apps' keys; a separator at the end, or `shop` would cover `shop2`. */
const REDIS_PREFIX = /^[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,126}:$/;
const CONTAINER = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** Names of the server itself, which no app may take over. */
const RESERVED_ROLES = /^(postgres|pg_.*|public|none|user|current_user|current_role|session_user)$/;
const RESERVED_DATABASES = /^(postgres|template0|template1)$/;
const RESERVED_USERS = /^(default|berth-admin)$/;

/**
 * Reads the command line.
 * @throws Error naming each problem, with the usage at its end.
 */
export function parseArguments(argv: string[]): ProvisionRequest {
  const { values, positionals } = parse(argv);
  const problems: string[] = [];
  const text = (
    name: keyof typeof values,
    pattern: RegExp,
    reserved: RegExp | undefined,
    rule: string,
  ): string => {
    const value = values[name];
    if (typeof value !== "string") problems.push(`--${name} is missing`);
    else if (!pattern.test(value)) problems.push(`--${name} ${rule}`);
    else if (reserved?.test(value))
      problems.push(`--${name} ${JSON.stringify(value)} belongs to the server itself`);
    return String(value);
  };

  const timeoutSeconds = Number(values["timeout-seconds"] ?? "60");
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > 900) {
    problems.push("--timeout-seconds must be a whole number from 1 to 900");
  }
  const common: Common = {
    container: text("container", CONTAINER, undefined, "must be a container's name or id"),
    remove: values.remove === true,
    timeoutSeconds,
  };

  let request: ProvisionRequest | undefined;
  if (positionals.length === 1 && positionals[0] === "postgres-role") {
    const rule = "must have 1 to 63 characters from a-z, 0-9 and _, and not begin with a digit";
    const role = text("role", POSTGRES_NAME, RESERVED_ROLES, rule);
    const database = text("database", POSTGRES_NAME, RESERVED_DATABASES, rule);
    request = { kind: "postgres-role", ...common, role, database };
  } else if (positionals.length === 1 && positionals[0] === "redis-user") {
    const user = text(
      "user",
      REDIS_USER,
      RESERVED_USERS,
      "must have 1 to 128 characters from a-z, A-Z, 0-9 and _.:-",
    );
    const prefixRule = 'must have characters from a-z, A-Z, 0-9 and _.:- and end with ":"';
    const keyPrefix = text("key-prefix", REDIS_PREFIX, undefined, prefixRule);
    request = { kind: "redis-user", ...common, user, keyPrefix };
  } else if (positionals.length === 1 && positionals[0] === "settle") {
    const limit = Number(text("limit", /^[1-9][0-9]{0,6}$/, undefined, "must be a whole number from 1"));
    request = { kind: "settle", ...common, limit };
  } else {
    problems.push('the first word must be "postgres-role", "redis-user" or "settle"');
  }
  if (request === undefined || problems.length > 0)
    throw new Error(`provision: ${problems.join("; ")}\n${USAGE}`);
  return request;
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        container: { type: "string" },
        role: { type: "string" },
        database: { type: "string" },
        user: { type: "string" },
        "key-prefix": { type: "string" },
        limit: { type: "string" },
        remove: { type: "boolean" },
        "timeout-seconds": { type: "string" },
      },
    });
  } catch (error) {
    throw new Error(`provision: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`, {
      cause: error,
    });
  }
}
