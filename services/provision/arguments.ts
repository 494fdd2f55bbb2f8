import { parseArgs } from "node:util";
import {
  nameProblem,
  POSTGRES_DATABASE,
  POSTGRES_ROLE,
  REDIS_PREFIX,
  REDIS_USER,
  type NameRule,
} from "./names";

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

const CONTAINER = { pattern: /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, rule: "must be a container's name or id" };
const LIMIT = { pattern: /^[1-9][0-9]{0,6}$/, rule: "must be a whole number from 1" };

/**
 * Reads the command line.
 * @throws Error naming each problem, with the usage at its end.
 */
export function parseArguments(argv: string[]): ProvisionRequest {
  const { values, positionals } = parse(argv);
  const problems: string[] = [];
  const text = (name: keyof typeof values, rule: NameRule): string => {
    const value = values[name];
    const problem = typeof value === "string" ? nameProblem(value, rule) : "is missing";
    if (problem !== undefined) problems.push(`--${name} ${problem}`);
    return String(value);
  };

  const timeoutSeconds = Number(values["timeout-seconds"] ?? "60");
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > 900) {
    problems.push("--timeout-seconds must be a whole number from 1 to 900");
  }
  const common: Common = {
    container: text("container", CONTAINER),
    remove: values.remove === true,
    timeoutSeconds,
  };

  let request: ProvisionRequest | undefined;
  if (positionals.length === 1 && positionals[0] === "postgres-role") {
    const role = text("role", POSTGRES_ROLE);
    const database = text("database", POSTGRES_DATABASE);
    request = { kind: "postgres-role", ...common, role, database };
  } else if (positionals.length === 1 && positionals[0] === "redis-user") {
    const user = text("user", REDIS_USER);
    const keyPrefix = text("key-prefix", REDIS_PREFIX);
    request = { kind: "redis-user", ...common, user, keyPrefix };
  } else if (positionals.length === 1 && positionals[0] === "settle") {
    const limit = Number(text("limit", LIMIT));
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
