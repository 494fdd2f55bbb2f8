import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { authorityProblem } from "../certificates/authority";
import type { KeyMaterial } from "../key-material";
import { DatabaseUnavailable, type Database } from "../store/database";
import { isMigrated } from "../store/migrate";
import type { ReadyAnswer } from "./messages";

const OK = "ok";
/** Less than a health check's own patience, or nobody would read the answer. */
const DATABASE_WITHIN_MS = 2_000;

/** Whether the service can issue certificates now, and what keeps it from that. */
export async function readiness(
  database: Database,
  keys: KeyMaterial,
  now = new Date(),
): Promise<ReadyAnswer> {
  const checks = {
    ...(await Promise.race([databaseChecks(database), noAnswer()])),
    authority: authorityProblem(keys.authority, now) ?? OK,
    serverCertificate: serverCertificateProblem(keys.serverCertPem, now) ?? OK,
  };
  return { status: Object.values(checks).every((check) => check === OK) ? "ready" : "not ready", checks };
}

type DatabaseChecks = Pick<ReadyAnswer["checks"], "database" | "migrations">;

async function noAnswer(): Promise<DatabaseChecks> {
  await sleep(DATABASE_WITHIN_MS, undefined, { ref: false });
  return { database: `does not answer within ${DATABASE_WITHIN_MS / 1_000} s`, migrations: "unknown" };
}

async function databaseChecks(database: Database): Promise<DatabaseChecks> {
  try {
    return { database: OK, migrations: (await isMigrated(database)) ? OK : "not at this program's step yet" };
  } catch (error) {
    if (error instanceof DatabaseUnavailable) {
      return { database: "cannot be reached: see this service's log and Postgres", migrations: "unknown" };
    }
    return { database: OK, migrations: "not done yet: see this service's log" };
  }
}

function serverCertificateProblem(pem: string, now: Date): string | undefined {
  const { validTo } = new X509Certificate(pem);
  return new Date(validTo) > now ? undefined : `expired at ${validTo}: renew it by an \`up\` of the stack`;
}
