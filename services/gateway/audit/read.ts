import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { CURRENT_FILE, rotatedFile } from "./log-file";
import type { AuditRecord } from "./record";

/** One request, its lines put together. */
export interface AuditEntry {
  time: string;
  developerId: string;
  role: string;
  serial: string;
  method: string;
  route: string;
  object: string;
  /** `open` while there is no line about its end: under way, or the gateway was killed. */
  state: "open" | "ended" | "refused" | "cut";
  decision: AuditRecord["decision"];
  reason?: string;
  status?: number;
  durationMs?: number;
  address: string;
}

/** Which requests are asked for; what is left out does not matter. */
export interface AuditQuery {
  developerId?: string;
  /** Begun, or ended, at this time or later. */
  since?: Date;
  decision?: AuditRecord["decision"];
  /** A part of the object. */
  object?: string;
}

const STATES = { begun: "open", ended: "ended", refused: "refused", cut: "cut" } as const;

/**
 * The requests in an audit log, oldest first, rotated files included.
 * @throws Error when the folder has no audit log, or a line in it is none of the gateway's
 */
export async function readAudit(folder: string, query: AuditQuery): Promise<AuditEntry[]> {
  const entries = new Map<string, AuditEntry>();
  for (const file of filesOf(folder)) {
    const lines = createInterface({ input: fs.createReadStream(file), crlfDelay: Infinity });
    for await (const line of lines) {
      const record = parseLine(line, file);
      if (record === undefined || (query.since !== undefined && new Date(record.time) < query.since))
        continue;
      entries.set(record.id, merged(entries.get(record.id), record));
    }
  }
  return [...entries.values()].filter((entry) => matches(entry, query));
}

function filesOf(folder: string): string[] {
  const files = [path.join(folder, CURRENT_FILE)];
  for (let number = 1; fs.existsSync(path.join(folder, rotatedFile(number))); number++) {
    files.unshift(path.join(folder, rotatedFile(number)));
  }
  const present = files.filter((file) => fs.existsSync(file));
  if (present.length > 0) return present;
  throw new Error(`there is no audit log in ${folder}: name the gateway's folder with --folder`);
}

/** Undefined for a line that is about the log itself. */
function parseLine(line: string, file: string): AuditRecord | undefined {
  try {
    const record = JSON.parse(line) as AuditRecord;
    return record.id === undefined ? undefined : record;
  } catch (error) {
    throw new Error(`${file} has a line that is no audit record: ${line.slice(0, 80)}`, { cause: error });
  }
}

function merged(entry: AuditEntry | undefined, record: AuditRecord): AuditEntry {
  if (entry === undefined) return newEntry(record);
  // A request that was refused or cut also ends; how matters more than that it did.
  const settled = entry.state === "cut" || entry.state === "refused";
  return {
    ...entry,
    ...(settled ? {} : { state: STATES[record.event], decision: record.decision }),
    reason: entry.reason ?? record.reason,
    status: record.status ?? entry.status,
    durationMs: record.durationMs ?? entry.durationMs,
  };
}

function newEntry(record: AuditRecord): AuditEntry {
  const { time, developerId, role, serial, method, route, object } = record;
  const { event, decision, reason, status, durationMs, address } = record;
  return {
    ...{ time, developerId, role, serial, method, route, object },
    ...{ state: STATES[event], decision, reason, status, durationMs, address },
  };
}

function matches(entry: AuditEntry, { developerId, decision, object }: AuditQuery): boolean {
  return (
    (developerId === undefined || entry.developerId === developerId) &&
    (decision === undefined || entry.decision === decision) &&
    (object === undefined || entry.object.includes(object))
  );
}
