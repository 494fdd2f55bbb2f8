import type { Queries } from "./database";

/** One line of the audit trail. Nothing in it is secret: no PIN, no key, no body. */
export interface AuditEvent {
  /** Who: `developer 01`, the operator's name, or `unknown` before an identity is proven. */
  actor: string;
  /** What: `certificate.issue`, `pin.create`. */
  action: string;
  /** `done`, `repeated` (the same answer once more), or the refusal's code. */
  outcome: string;
  developerId?: string;
  serial?: string;
  /** From where. */
  address?: string;
  /** Why, in a few words. */
  detail?: string;
}

/** Writes the event in the transaction of what it tells about, so that neither is there without the other. */
export async function recordEvent(queries: Queries, event: AuditEvent): Promise<void> {
  await queries.query(
    "INSERT INTO event (actor, action, outcome, developer_id, serial, address, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    [event.actor, event.action, event.outcome, event.developerId, event.serial, event.address, event.detail],
  );
}

/** An event as it is listed. */
export interface ListedEvent extends AuditEvent {
  at: Date;
}

/** The newest events last. */
export async function listEvents(
  queries: Queries,
  { developerId, limit }: { developerId?: string; limit: number },
): Promise<ListedEvent[]> {
  const { rows } = await queries.query<ListedEvent>(
    `SELECT at, actor, action, outcome, developer_id AS "developerId", serial, address, detail FROM event
     WHERE $1::text IS NULL OR developer_id = $1 ORDER BY event_id DESC LIMIT $2`,
    [developerId ?? null, limit],
  );
  return rows.reverse();
}

const REFUSED_DAYS = 30;
const KEPT_DAYS = 400;

/** Forgets refused tries after a month, because strangers cause them, and everything else after a year and more. */
export async function forgetOldEvents(queries: Queries): Promise<void> {
  await queries.query(
    `DELETE FROM event WHERE at < now() - make_interval(days => $1)
       OR (actor = 'unknown' AND at < now() - make_interval(days => $2))`,
    [KEPT_DAYS, REFUSED_DAYS],
  );
}
