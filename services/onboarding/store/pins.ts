import type { Role } from "../identity/role";
import type { Queries } from "./database";

/** So many wrong tries end a PIN. */
export const MOST_WRONG_TRIES = 5;

/** A client that lost its answer can ask again for so long, even when the PIN has ended meanwhile. */
const REPEAT_MINUTES = 15;

/** Conditions under which a PIN can be redeemed: the compare of the compare-and-set. */
export const OPEN = `redeemed_at IS NULL AND revoked_at IS NULL AND wrong_tries < ${MOST_WRONG_TRIES} AND expires_at > now()`;

export interface StoredPin {
  pinId: string;
  role: Role;
  hash: Buffer;
  open: boolean;
  /** SHA-256 of the public key for which it was redeemed, while the answer may be repeated. */
  repeatableKey: Buffer | null;
}

/** The developer's newest PIN: an older one is worth nothing. */
export async function newestPin(queries: Queries, developerId: string): Promise<StoredPin | undefined> {
  const { rows } = await queries.query<StoredPin>(
    `SELECT pin_id AS "pinId", role, pin_hash AS hash, ${OPEN} AS open,
       CASE WHEN expires_at > now() OR redeemed_at > now() - make_interval(mins => $2) THEN redeemed_key END AS "repeatableKey"
     FROM pin WHERE developer_id = $1 ORDER BY pin_id DESC LIMIT 1`,
    [developerId, REPEAT_MINUTES],
  );
  return rows[0];
}

/** Counts a wrong try; without a PIN it does the same work on nothing. */
export async function countWrongTry(queries: Queries, pinId: string | undefined): Promise<void> {
  await queries.query(`UPDATE pin SET wrong_tries = wrong_tries + 1 WHERE pin_id = $1 AND ${OPEN}`, [
    pinId ?? "0",
  ]);
}

/** Uses the PIN up, unless somebody was faster. @returns whether it was open until now. */
export async function redeemPin(queries: Queries, pinId: string, keyHash: Buffer): Promise<boolean> {
  const { rowCount } = await queries.query(
    `UPDATE pin SET redeemed_at = now(), redeemed_key = $2 WHERE pin_id = $1 AND ${OPEN}`,
    [pinId, keyHash],
  );
  return rowCount === 1;
}
