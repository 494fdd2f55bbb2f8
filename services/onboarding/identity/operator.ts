import { hashPin, newPin } from "../pins/pin";
import type { Database, Queries } from "../store/database";
import { takeDeveloper } from "../store/developers";
import { recordEvent } from "../store/events";
import { developerIdProblem, type Role } from "./role";

/** Who does it, for the audit trail. */
export interface Operator {
  database: Database;
  actor: string;
}

/** A PIN as only its maker sees it. */
export interface CreatedPin {
  devId: string;
  role: Role;
  /** Shown once and stored nowhere. */
  pin: string;
  expiresAt: string;
}

export interface PinOrder {
  developerId: string;
  role: Role;
  minutes: number;
}

/**
 * Makes a PIN; an unused older one of the developer ends.
 * @throws Error for what is no developer id, or a locked identity.
 */
export async function createPin(operator: Operator, pinKey: Buffer, order: PinOrder): Promise<CreatedPin> {
  const problem = developerIdProblem(order.developerId);
  if (problem !== undefined) throw new Error(problem);
  return operator.database.transaction(async (queries) => {
    await queries.query("INSERT INTO developer (developer_id) VALUES ($1) ON CONFLICT DO NOTHING", [
      order.developerId,
    ]);
    const developer = await takeDeveloper(queries, order.developerId);
    if (developer?.locked) {
      throw new Error(
        `${order.developerId} is locked: see why with "berth-admin events --dev-id ${order.developerId}", then ` +
          `"berth-admin reissue --dev-id ${order.developerId}" (all certificates end) or "unlock" (they go on)`,
      );
    }
    return insertPin(queries, operator.actor, pinKey, order);
  });
}

/** Ends the developer's PINs that nobody has used. @returns how many. @throws Error where there is none. */
export async function revokePins({ database, actor }: Operator, developerId: string): Promise<number> {
  return database.transaction(async (queries) => {
    await takeKnown(queries, developerId);
    const ended = await endPins(queries, developerId);
    if (ended === 0) throw new Error(`${developerId} has no open PIN`);
    await recordEvent(queries, { actor, action: "pin.revoke", outcome: "done", developerId });
    return ended;
  });
}

/** Ends all certificates and open PINs of a developer. @returns the serials. @throws Error for an unknown developer. */
export async function revokeDeveloper({ database, actor }: Operator, developerId: string): Promise<string[]> {
  return database.transaction(async (queries) => {
    await takeKnown(queries, developerId);
    return endEverything(queries, actor, developerId);
  });
}

/** Ends one certificate. @throws Error for an unknown serial, or one that is revoked already. */
export async function revokeSerial({ database, actor }: Operator, serial: string): Promise<string> {
  const wanted = serial.toLowerCase().replaceAll(":", "").padStart(32, "0");
  return database.transaction(async (queries) => {
    const { rows } = await queries.query<{ developerId: string }>(
      'SELECT developer_id AS "developerId" FROM certificate WHERE serial = $1',
      [wanted],
    );
    const developerId = rows[0]?.developerId;
    if (developerId === undefined)
      throw new Error(`no certificate has the serial ${wanted}: see "berth-admin list"`);
    await takeDeveloper(queries, developerId);
    const { rowCount } = await queries.query(
      "UPDATE certificate SET revoked_at = now() WHERE serial = $1 AND revoked_at IS NULL",
      [wanted],
    );
    if (rowCount === 0) throw new Error(`the certificate ${wanted} is revoked already`);
    await recordEvent(queries, {
      actor,
      action: "certificate.revoke",
      outcome: "done",
      developerId,
      serial: wanted,
    });
    return wanted;
  });
}

/** Lets a locked identity's certificates hold again. @throws Error where it is not locked. */
export async function unlock({ database, actor }: Operator, developerId: string): Promise<void> {
  await database.transaction(async (queries) => {
    const { locked } = await takeKnown(queries, developerId);
    if (!locked) throw new Error(`${developerId} is not locked`);
    await clearLock(queries, developerId);
    await recordEvent(queries, { actor, action: "identity.unlock", outcome: "done", developerId });
  });
}

/**
 * Ends all that a developer has and makes a PIN for a new start, a lock included.
 * @param role undefined takes that of the newest certificate or PIN.
 * @throws Error for an unknown developer.
 */
export async function reissue(
  { database, actor }: Operator,
  pinKey: Buffer,
  order: { developerId: string; role: Role | undefined; minutes: number },
): Promise<CreatedPin & { revoked: string[] }> {
  const { developerId, minutes } = order;
  return database.transaction(async (queries) => {
    await takeKnown(queries, developerId);
    const revoked = await endEverything(queries, actor, developerId);
    await clearLock(queries, developerId);
    const role = order.role ?? (await newestRole(queries, developerId));
    return { ...(await insertPin(queries, actor, pinKey, { developerId, role, minutes })), revoked };
  });
}

async function insertPin(
  queries: Queries,
  actor: string,
  pinKey: Buffer,
  order: PinOrder,
): Promise<CreatedPin> {
  const { developerId, role, minutes } = order;
  await endPins(queries, developerId);
  const pin = newPin();
  const { rows } = await queries.query<{ expiresAt: Date }>(
    `INSERT INTO pin (developer_id, role, pin_hash, expires_at) VALUES ($1, $2, $3, now() + make_interval(mins => $4))
     RETURNING expires_at AS "expiresAt"`,
    [developerId, role, hashPin(pinKey, developerId, pin), minutes],
  );
  const detail = `role ${role}, ${minutes} minutes`;
  await recordEvent(queries, { actor, action: "pin.create", outcome: "done", developerId, detail });
  return { devId: developerId, role, pin, expiresAt: rows[0]?.expiresAt.toISOString() ?? "" };
}

async function endPins(queries: Queries, developerId: string): Promise<number> {
  const { rowCount } = await queries.query(
    `UPDATE pin SET revoked_at = now()
     WHERE developer_id = $1 AND redeemed_at IS NULL AND revoked_at IS NULL AND expires_at > now()`,
    [developerId],
  );
  return rowCount ?? 0;
}

async function endEverything(queries: Queries, actor: string, developerId: string): Promise<string[]> {
  await endPins(queries, developerId);
  const { rows } = await queries.query<{ serial: string }>(
    `UPDATE certificate SET revoked_at = now() WHERE developer_id = $1 AND revoked_at IS NULL AND not_after > now()
     RETURNING serial`,
    [developerId],
  );
  for (const { serial } of rows) {
    await recordEvent(queries, { actor, action: "certificate.revoke", outcome: "done", developerId, serial });
  }
  return rows.map(({ serial }) => serial);
}

async function clearLock(queries: Queries, developerId: string): Promise<void> {
  await queries.query("UPDATE developer SET locked_at = NULL, lock_reason = NULL WHERE developer_id = $1", [
    developerId,
  ]);
}

async function newestRole(queries: Queries, developerId: string): Promise<Role> {
  const { rows } = await queries.query<{ role: Role }>(
    "SELECT role FROM pin WHERE developer_id = $1 ORDER BY pin_id DESC LIMIT 1",
    [developerId],
  );
  return rows[0]?.role ?? "developer";
}

async function takeKnown(queries: Queries, developerId: string): Promise<{ locked: boolean }> {
  const developer = await takeDeveloper(queries, developerId);
  if (!developer)
    throw new Error(`${developerId} is unknown: nobody has made a PIN for that developer id yet`);
  return developer;
}
