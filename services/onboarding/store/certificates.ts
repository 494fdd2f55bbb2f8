import type { IssuingAuthority } from "../certificates/authority";
import type { IssuedCertificate } from "../certificates/issue-certificate";
import { Refusal } from "../refusal";
import type { Role } from "../identity/role";
import { violates, type Queries } from "./database";

/** A certificate that was issued, with what decides whether it still holds. */
export interface StoredCertificate {
  serial: string;
  developerId: string;
  role: Role;
  /** The PIN with which its line began. */
  pinId: string;
  /** 1 for the PIN's own certificate, one more with each renewal. */
  generation: number;
  keyHash: Buffer;
  pem: string;
  notAfter: Date;
  validUntil: Date;
  revoked: boolean;
  /** Of the CA that signed it. */
  authorityPem: string;
}

const COLUMNS = `c.serial, c.developer_id AS "developerId", c.role, c.pin_id AS "pinId", c.generation,
  c.key_hash AS "keyHash", c.certificate_pem AS pem, c.not_after AS "notAfter", c.valid_until AS "validUntil",
  c.revoked_at IS NOT NULL AS revoked, a.certificate_pem AS "authorityPem"`;

export async function findCertificate(
  queries: Queries,
  serial: string,
): Promise<StoredCertificate | undefined> {
  const { rows } = await queries.query<StoredCertificate>(
    `SELECT ${COLUMNS} FROM certificate c JOIN authority a USING (authority_id) WHERE c.serial = $1`,
    [serial],
  );
  return rows[0];
}

/** The newest certificate of a line. */
export async function newestOfLine(queries: Queries, pinId: string): Promise<StoredCertificate | undefined> {
  const { rows } = await queries.query<StoredCertificate>(
    `SELECT ${COLUMNS} FROM certificate c JOIN authority a USING (authority_id)
     WHERE c.pin_id = $1 ORDER BY c.generation DESC LIMIT 1`,
    [pinId],
  );
  return rows[0];
}

/** What is stored beside what the certificate itself says. */
export interface CertificateLine {
  developerId: string;
  role: Role;
  pinId: string;
  generation: number;
  keyHash: Buffer;
}

/**
 * Stores a certificate and its CA.
 * @throws Refusal where the key has had a certificate before.
 */
export async function insertCertificate(
  queries: Queries,
  authority: IssuingAuthority,
  line: CertificateLine,
  issued: IssuedCertificate,
): Promise<StoredCertificate> {
  const authorityId = await authorityIdOf(queries, authority);
  try {
    await queries.query(
      `INSERT INTO certificate
         (serial, developer_id, role, pin_id, generation, authority_id, key_hash, certificate_pem, not_before, not_after, valid_until)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`,
      [
        ...[issued.serial, line.developerId, line.role, line.pinId, line.generation, authorityId],
        ...[line.keyHash, issued.pem, issued.notBefore, issued.notAfter],
      ],
    );
  } catch (error) {
    if (!violates(error, "certificate_key_once")) throw error;
    throw new Refusal(
      409,
      "key_reused",
      "This key has had a certificate before: make a new key and request for it.",
    );
  }
  const { serial, pem, notAfter } = issued;
  const authorityPem = authority.certificatePem;
  return { ...line, serial, pem, notAfter, validUntil: notAfter, revoked: false, authorityPem };
}

/** A certificate that was renewed holds on until the grace is over, and never longer than it would have. */
export async function supersede(queries: Queries, serial: string, graceMinutes: number): Promise<void> {
  await queries.query(
    "UPDATE certificate SET valid_until = least(not_after, now() + make_interval(mins => $2)) WHERE serial = $1",
    [serial, graceMinutes],
  );
}

/** Makes known which CA signs, so that the gateway goes on trusting it after it has been replaced. */
export async function authorityIdOf(queries: Queries, { certificate }: IssuingAuthority): Promise<string> {
  const values = [certificate.fingerprint256, certificate.toString(), new Date(certificate.validTo)];
  await queries.query(
    "INSERT INTO authority (fingerprint, certificate_pem, not_after) VALUES ($1, $2, $3) ON CONFLICT (fingerprint) DO NOTHING",
    values,
  );
  const { rows } = await queries.query<{ id: string }>(
    "SELECT authority_id AS id FROM authority WHERE fingerprint = $1",
    [certificate.fingerprint256],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error("the authority that was just written is not there");
  return id;
}
