import { timingSafeEqual } from "node:crypto";
import type { RequestedKey } from "../certificates/certificate-request";
import { hashPin } from "../pins/pin";
import { Refusal } from "../refusal";
import { newestOfLine, type StoredCertificate } from "../store/certificates";
import type { Queries } from "../store/database";
import { takeDeveloper } from "../store/developers";
import { recordEvent } from "../store/events";
import { countWrongTry, newestPin, redeemPin, type StoredPin } from "../store/pins";
import { decide } from "./decide";
import { issueAndStore, type Issuer } from "./issuer";

/** Somebody who says that a PIN makes them a developer. */
export interface Redemption {
  developerId: string;
  pin: string;
  key: RequestedKey;
  /** For the audit trail. */
  address: string;
}

/** Compared with where there is no PIN, so that the work is the same. */
const NO_HASH = Buffer.alloc(32);

/**
 * Gives a certificate for a PIN, once. The same PIN with the same key gives the same certificate again, since an answer can be lost; with
 * another key it gives nothing. Everything happens in one transaction.
 * @throws Refusal. Which part of the PIN was wrong, or whether the developer exists, is not said.
 */
export async function redeem(issuer: Issuer, redemption: Redemption): Promise<StoredCertificate> {
  const { database } = issuer;
  // A used PIN is refused without a lock, so that a crowd with one PIN does not queue behind each other.
  if (await isOver(database, redemption)) throw await refuse(database, redemption, pinRefused());
  return decide(
    () => database.transaction((queries) => redeemIn(queries, issuer, redemption)),
    (refusal) => record(database, redemption, refusal.code),
  );
}

/** Whether the developer's PIN has ended for good, for everybody but the key that it was used with. */
async function isOver(queries: Queries, { developerId, key }: Redemption): Promise<boolean> {
  const pin = await newestPin(queries, developerId);
  return pin !== undefined && !pin.open && pin.repeatableKey?.equals(key.keyHash) !== true;
}

async function redeemIn(
  queries: Queries,
  issuer: Issuer,
  redemption: Redemption,
): Promise<StoredCertificate | Refusal> {
  const { developerId, key } = redemption;
  const developer = await takeDeveloper(queries, developerId);
  const pin = await newestPin(queries, developerId);
  const offered = hashPin(issuer.pinKey, developerId, redemption.pin);
  const matches = timingSafeEqual(offered, pin?.hash ?? NO_HASH);
  if (!pin || !developer || !matches) {
    await countWrongTry(queries, pin?.pinId);
    return refuse(queries, redemption, pinRefused());
  }
  if (pin.repeatableKey !== null) return repeat(queries, redemption, pin);
  if (!pin.open) return refuse(queries, redemption, pinRefused());
  if (developer.locked) return refuse(queries, redemption, identityLocked(developerId));
  if (!(await redeemPin(queries, pin.pinId, key.keyHash))) return refuse(queries, redemption, pinRefused());
  const { pinId, role } = pin;
  const line = { developerId, role, pinId, generation: 1, keyHash: key.keyHash };
  const certificate = await issueAndStore(issuer, queries, key.publicKey, line);
  await record(queries, redemption, "done", certificate.serial);
  return certificate;
}

/** The PIN is used up: only its own certificate can be given again, and only while it is the newest and holds. */
async function repeat(
  queries: Queries,
  redemption: Redemption,
  { pinId, repeatableKey }: StoredPin,
): Promise<StoredCertificate | Refusal> {
  const certificate = await newestOfLine(queries, pinId);
  const isSameKey = repeatableKey !== null && timingSafeEqual(repeatableKey, redemption.key.keyHash);
  if (!isSameKey || certificate?.generation !== 1 || certificate.revoked) {
    return refuse(queries, redemption, pinRefused());
  }
  await record(queries, redemption, "repeated", certificate.serial);
  return certificate;
}

async function refuse(queries: Queries, redemption: Redemption, refusal: Refusal): Promise<Refusal> {
  await record(queries, redemption, refusal.code);
  return refusal;
}

function record(
  queries: Queries,
  { developerId, address }: Redemption,
  outcome: string,
  serial?: string,
): Promise<void> {
  const actor = serial === undefined ? "unknown" : `developer ${developerId}`;
  return recordEvent(queries, { actor, action: "certificate.issue", outcome, developerId, serial, address });
}

function pinRefused(): Refusal {
  return new Refusal(
    403,
    "pin_refused",
    "This developer id and PIN open nothing: the PIN is mistyped, used, expired or ended by wrong tries. " +
      "Ask the operator for a new one (berth-admin pin create --dev-id <id>).",
  );
}

/** Told only to whoever has proven to be the developer. */
export function identityLocked(developerId: string): Refusal {
  return new Refusal(
    403,
    "identity_locked",
    `The identity ${developerId} is locked: ask the operator, who sees why with "berth-admin events --dev-id ${developerId}" ` +
      `and gives you a new PIN with "berth-admin reissue --dev-id ${developerId}".`,
  );
}
