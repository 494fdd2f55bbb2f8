import type { Queries } from "../store/database";
import { OPEN, MOST_WRONG_TRIES } from "../store/pins";
import type { Role } from "./role";

/** A certificate as operators see it. */
export interface CertificateOverview {
  serial: string;
  devId: string;
  role: Role;
  /** The how-many-th of its line: 1 came with a PIN. */
  generation: number;
  issuedAt: Date;
  expiresAt: Date;
  /** `replaced` by a newer one, and its grace is over or (`replaced, in grace`) is not. */
  state: "valid" | "revoked" | "locked" | "expired" | "replaced" | "replaced, in grace";
}

/** All certificates that are not expired for long, by developer, the newest last. */
export async function listCertificates(
  queries: Queries,
  developerId?: string,
): Promise<CertificateOverview[]> {
  const { rows } = await queries.query<CertificateOverview>(
    `SELECT c.serial, c.developer_id AS "devId", c.role, c.generation, c.issued_at AS "issuedAt", c.not_after AS "expiresAt",
       CASE WHEN c.revoked_at IS NOT NULL THEN 'revoked' WHEN c.not_after <= now() THEN 'expired'
         WHEN c.valid_until <= now() THEN 'replaced' WHEN d.locked_at IS NOT NULL THEN 'locked'
         WHEN c.valid_until < c.not_after THEN 'replaced, in grace' ELSE 'valid' END AS state
     FROM certificate c JOIN developer d USING (developer_id)
     WHERE ($1::text IS NULL OR c.developer_id = $1) AND c.not_after > now() - interval '90 days'
     ORDER BY c.developer_id, c.issued_at`,
    [developerId ?? null],
  );
  return rows;
}

/** A PIN as operators see it. */
export interface PinOverview {
  devId: string;
  role: Role;
  createdAt: Date;
  expiresAt: Date;
  wrongTries: number;
  state: "open" | "used" | "revoked" | "burnt" | "expired";
}

/** The PINs of the last week. */
export async function listPins(queries: Queries): Promise<PinOverview[]> {
  const { rows } = await queries.query<PinOverview>(
    `SELECT developer_id AS "devId", role, created_at AS "createdAt", expires_at AS "expiresAt", wrong_tries AS "wrongTries",
       CASE WHEN ${OPEN} THEN 'open' WHEN redeemed_at IS NOT NULL THEN 'used' WHEN revoked_at IS NOT NULL THEN 'revoked'
         WHEN wrong_tries >= ${MOST_WRONG_TRIES} THEN 'burnt' ELSE 'expired' END AS state
     FROM pin WHERE created_at > now() - interval '7 days' ORDER BY pin_id`,
  );
  return rows;
}
