import type { X509Certificate } from "node:crypto";
import type { RequestedKey } from "../certificates/certificate-request";
import { serialOf } from "../certificates/issue-certificate";
import type { Refusal } from "../refusal";
import { findCertificate, newestOfLine, supersede, type StoredCertificate } from "../store/certificates";
import type { Queries } from "../store/database";
import { lockDeveloper, takeDeveloper } from "../store/developers";
import { recordEvent } from "../store/events";
import { decide } from "./decide";
import { issueAndStore, type Issuer } from "./issuer";
import { verifyPresented } from "./presented-certificate";
import { identityLocked } from "./redeem";

/** RFC 5280, 4.1.2.2: 20 bytes. Whoever presents a certificate of their own can have written more. */
const LONGEST_SERIAL = 40;

/** Somebody who holds a certificate and wants the next one. */
export interface Renewal {
  /** What TLS says that the client has the key of. */
  presented: X509Certificate | undefined;
  key: RequestedKey;
  /** For the audit trail. */
  address: string;
}

/**
 * Gives the next certificate of a line. Each may be renewed once; whoever renews it again with another key has a copy, or was copied from,
 * and the identity is locked. The same new key again gets the same answer, since one can be lost.
 * @throws Refusal.
 */
export async function renew(issuer: Issuer, renewal: Renewal): Promise<StoredCertificate> {
  const { database } = issuer;
  return decide(
    () => database.transaction((queries) => renewIn(queries, issuer, renewal)),
    (refusal) => recordStranger(database, renewal, refusal),
  );
}

/** Before the certificate is proven to hold, its serial is all that is known of who asks. */
async function recordStranger(
  queries: Queries,
  { presented, address }: Renewal,
  { code }: Refusal,
): Promise<void> {
  const serial = presented && serialOf(presented).slice(0, LONGEST_SERIAL);
  const developerId =
    serial === undefined ? undefined : (await findCertificate(queries, serial))?.developerId;
  await recordEvent(queries, {
    ...{ actor: "unknown", action: "certificate.renew", outcome: code },
    ...{ developerId, serial, address },
  });
}

async function renewIn(
  queries: Queries,
  issuer: Issuer,
  renewal: Renewal,
): Promise<StoredCertificate | Refusal> {
  // Read before to know whose row to take, and again after, when nobody else can change it.
  const { developerId } = await verifyPresented(queries, renewal.presented);
  const developer = await takeDeveloper(queries, developerId);
  const presented = await verifyPresented(queries, renewal.presented);
  if (developer?.locked !== false) return refuse(queries, renewal, presented, identityLocked(developerId));
  const newest = await newestOfLine(queries, presented.pinId);
  if (newest?.serial === presented.serial) return next(queries, issuer, renewal, presented);
  const isRepeated =
    newest?.generation === presented.generation + 1 &&
    newest.keyHash.equals(renewal.key.keyHash) &&
    !newest.revoked;
  if (isRepeated) {
    await record(queries, renewal, presented, "repeated", `once more ${newest.serial}`);
    return newest;
  }
  const reason = `certificate ${presented.serial} was renewed again after it had been replaced: it was copied`;
  await lockDeveloper(queries, developerId, reason);
  return refuse(queries, renewal, presented, identityLocked(developerId), reason);
}

async function next(
  queries: Queries,
  issuer: Issuer,
  { key, ...renewal }: Renewal,
  presented: StoredCertificate,
): Promise<StoredCertificate> {
  const { developerId, role, pinId, generation } = presented;
  const line = { developerId, role, pinId, generation: generation + 1, keyHash: key.keyHash };
  const certificate = await issueAndStore(issuer, queries, key.publicKey, line);
  await supersede(queries, presented.serial, issuer.settings.supersededGraceMinutes);
  await record(queries, renewal, certificate, "done", `instead of ${presented.serial}`);
  return certificate;
}

async function refuse(
  queries: Queries,
  renewal: Renewal,
  presented: StoredCertificate,
  refusal: Refusal,
  detail?: string,
): Promise<Refusal> {
  await record(queries, renewal, presented, refusal.code, detail);
  return refusal;
}

function record(
  queries: Queries,
  { address }: Pick<Renewal, "address">,
  { developerId, serial }: StoredCertificate,
  outcome: string,
  detail?: string,
): Promise<void> {
  const actor = `developer ${developerId}`;
  return recordEvent(queries, {
    actor,
    action: "certificate.renew",
    outcome,
    developerId,
    serial,
    address,
    detail,
  });
}
