/** One change of a file at a time, however many berth commands run on this laptop. */
import { createHash, randomUUID } from "node:crypto";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createExclusively, removeIfGone, removeOwn, type Owned } from "../scripts/lib/exclusive-file";
import { Failure } from "./failure";

interface Holder extends Owned {
  pid: number;
  hostname: string;
  sinceMs: number;
}

const RETRY_MS = 20;
const WAIT_LIMIT_MS = 10_000;
/** Nobody holds it longer: an action reads a small file and writes it. A process id may be another program's by then. */
const HELD_AT_MOST_MS = 60_000;

/**
 * Runs an action that reads and writes a file, alone. The lock lies in the home, so that a workspace stays clean; that of a process
 * that is gone is cleared.
 * @param waitLimitMs for those that are before it.
 * @throws Failure naming the holder where it does not end.
 */
export async function withFileLock<T>(
  home: string,
  file: string,
  action: () => Promise<T>,
  waitLimitMs = WAIT_LIMIT_MS,
): Promise<T> {
  const name = createHash("sha256").update(path.resolve(file)).digest("hex").slice(0, 16);
  const lock = path.join(home, "locks", `${name}.json`);
  const own: Holder = { id: randomUUID(), pid: process.pid, hostname: os.hostname(), sinceMs: Date.now() };
  const deadline = Date.now() + waitLimitMs;
  while (!createExclusively(lock, own)) {
    const other = await removeIfGone(lock, isGone, own);
    if (other === undefined) continue;
    if (Date.now() > deadline) {
      throw new Failure(
        `${file} is being changed by another berth command (process ${other.pid} on ${other.hostname}): try again when it has ended; if it is none of yours, remove ${lock}`,
      );
    }
    await sleep(RETRY_MS);
  }
  try {
    return await action();
  } finally {
    removeOwn(lock, own);
  }
}

function isGone({ pid, hostname, sinceMs }: Holder): boolean {
  if (Date.now() - sinceMs > HELD_AT_MOST_MS) return true;
  if (hostname !== os.hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
