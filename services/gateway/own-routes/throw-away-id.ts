import { createHmac, randomInt, timingSafeEqual } from "node:crypto";

/** Seconds since 1970 in base 36: enough until 4453. */
const TIME_LENGTH = 7;
const RANDOM_LENGTH = 4;
const PROOF_LENGTH = 8;

/**
 * The name of one throw-away access: when it was made, something random, and a proof of whose it is. So nothing about it has to be kept.
 * Postgres and Redis take it as part of a name, and so does the engine.
 */
export function newThrowAwayId(key: string, developerId: string, nowMs = Date.now()): string {
  const time = Math.floor(nowMs / 1000)
    .toString(36)
    .padStart(TIME_LENGTH, "0");
  const random = randomInt(36 ** RANDOM_LENGTH)
    .toString(36)
    .padStart(RANDOM_LENGTH, "0");
  return `${time}${random}${proof(key, developerId, `${time}${random}`)}`;
}

/** Whether it was made for this developer by this gateway. */
export function isThrowAwayOf(key: string, developerId: string, id: string): boolean {
  const start = id.slice(0, TIME_LENGTH + RANDOM_LENGTH);
  const given = Buffer.from(id.slice(start.length));
  const wanted = Buffer.from(proof(key, developerId, start));
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** How long ago it was made, in seconds. */
export function ageOf(id: string, nowMs = Date.now()): number {
  return nowMs / 1000 - Number.parseInt(id.slice(0, TIME_LENGTH), 36);
}

function proof(key: string, developerId: string, start: string): string {
  const digest = createHmac("sha256", key).update(`throw-away/${developerId}/${start}`).digest("hex");
  return digest.slice(0, PROOF_LENGTH);
}
