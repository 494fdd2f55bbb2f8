import type { Queries } from "./database";

/** A developer's row, held until the transaction ends. */
export interface LockedRow {
  /** Whether the identity is locked. */
  locked: boolean;
}

/**
 * Takes the developer's row, so that whatever changes one developer's PINs and certificates happens one after the other, and always in
 * the same order: no two transactions can wait for each other.
 * @returns undefined for an unknown developer.
 */
export async function takeDeveloper(queries: Queries, developerId: string): Promise<LockedRow | undefined> {
  const { rows } = await queries.query<LockedRow>(
    "SELECT locked_at IS NOT NULL AS locked FROM developer WHERE developer_id = $1 FOR UPDATE",
    [developerId],
  );
  return rows[0];
}

/** No certificate of the identity holds, and none is issued, until an operator unlocks it. */
export async function lockDeveloper(queries: Queries, developerId: string, reason: string): Promise<void> {
  await queries.query(
    "UPDATE developer SET locked_at = now(), lock_reason = $2 WHERE developer_id = $1 AND locked_at IS NULL",
    [developerId, reason],
  );
}
