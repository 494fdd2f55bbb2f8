// One process that wants a stack's lock, for lock.engine.test.ts. Says what became of it on standard output, a line each.
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createExclusively } from "../../scripts/lib/exclusive-file";
import { lockFolder, takeLock, withLock, type LockHolder } from "../../scripts/lib/lock";
import { thisHost, thisProcess } from "../../scripts/lib/process-identity";

const [task = "", ...words] = process.argv.slice(2);
const critical = path.join(lockFolder, "critical");

async function until(file: string): Promise<void> {
  while (!fs.existsSync(file)) await sleep(1);
}

/** A lock whose process is gone: this process's id, with another start. */
function leaveDeadLock(): void {
  const dead: LockHolder = {
    id: randomUUID(),
    stack: "dev",
    command: "make up ENV=dev",
    user: "somebody",
    since: new Date(0).toISOString(),
    process: { pid: thisProcess().pid, startedAt: "1" },
    host: thisHost(),
  };
  createExclusively(path.join(lockFolder, "dev.json"), dead);
}

const tasks: Record<string, () => Promise<void>> = {
  /** Waits for a file, then tries once and keeps what it got until another file is there. */
  async once() {
    const [start = "", end = ""] = words;
    process.stdout.write("ready\n");
    await until(start);
    try {
      await takeLock("dev", "make up ENV=dev");
      process.stdout.write("held\n");
      await until(end);
    } catch (error) {
      process.stdout.write(`refused ${(error as Error).message}\n`);
    }
  },

  /** Takes and releases for a while, leaves dead locks in between, and counts how often it was not alone. */
  async often() {
    const [start = "", forMs = ""] = words;
    process.stdout.write("ready\n");
    await until(start);
    let [held, collisions] = [0, 0];
    for (const end = Date.now() + Number(forMs); Date.now() < end;) {
      const lock = await takeLock("dev", "make up ENV=dev").catch(() => undefined);
      if (lock === undefined) continue;
      held += 1;
      try {
        fs.closeSync(fs.openSync(critical, "wx"));
        fs.rmSync(critical);
      } catch {
        collisions += 1;
      }
      lock.release();
      leaveDeadLock();
    }
    process.stdout.write(`held ${held} collisions ${collisions}\n`);
  },

  /** Holds it the way that the scripts do, until it is ended or told to fail. */
  async hold() {
    await withLock("dev", "make up ENV=dev", async () => {
      process.stdout.write("held\n");
      if (words[0] === "fail") throw new Error("failed as told");
      await sleep(60_000);
    });
  },
};

void tasks[task]?.();
