import { randomUUID } from "node:crypto";
import * as os from "node:os";
import * as path from "node:path";
import { createExclusively, readOwner, removeIfGone, removeOwn, type Owned } from "./exclusive-file";
import { endAfterCommands } from "./interrupts";
import { dataRoot } from "./paths";
import {
  livenessOf,
  thisHost,
  thisProcess,
  type HostIdentity,
  type ProcessIdentity,
} from "./process-identity";
import { markRun, runProcesses } from "./run-processes";

/** Who changes a stack, as the lock's file says it. */
export interface LockHolder extends Owned {
  stack: string;
  /** As the user typed it: `make up ENV=dev`. */
  command: string;
  user: string;
  /** ISO 8601. */
  since: string;
  process: ProcessIdentity;
  host: HostIdentity;
}

/** Where locks lie. */
export const lockFolder = path.join(dataRoot, "lock");

function lockFile(stack: string): string {
  return path.join(lockFolder, `${stack}.json`);
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    // A container may run under a user id that has no name.
    return `user ${process.getuid?.() ?? "?"}`;
  }
}

/** Whether the holder, or anything that it started, may still be at work. */
function isGone(holder: LockHolder): boolean {
  return (
    livenessOf(holder.process, holder.host) === "gone" &&
    (holder.host.bootId !== thisHost().bootId || runProcesses(holder.stack, { id: holder.id }).length === 0)
  );
}

/** Who holds it, since when, and what to do about it. */
function refusal(holder: LockHolder): Error {
  const { stack, command, user, since, process: owner, host } = holder;
  const who = `'${command}' of ${user} (process ${owner.pid} on ${host.hostname}) has changed it since ${since}`;
  const advice = {
    alive: `Wait until it has ended and try again. If it hangs, ask it to end with: kill -INT ${owner.pid}`,
    gone: `That process is gone, but it has left at work: ${runProcesses(stack, { id: holder.id })
      .map(({ pid, command: words }) => `${pid} (${words.slice(0, 60)})`)
      .join(", ")}. Wait for them, or end them and clear up with: make recover ENV=${stack}`,
    unknown: `Whether it still runs can only be seen on ${host.hostname}. If it does not, remove ${lockFile(stack)} and run: make recover ENV=${stack}`,
  };
  return new Error(`the stack '${stack}' is locked: ${who}. ${advice[livenessOf(owner, host)]}`);
}

/** The lock of one stack while it is held. */
export interface Lock {
  /** Of this run: what it starts carries it (run-processes.ts). */
  id: string;
  /** May be called again. */
  release: () => void;
}

/**
 * Takes the lock that everything that changes a stack holds. The lock of a process of this host that is gone is cleared; one of
 * another host never is, since nobody here can know.
 * @throws Error that names the holder and what to do, at once, where somebody holds it.
 */
export async function takeLock(stack: string, command: string): Promise<Lock> {
  const holder: LockHolder = {
    id: randomUUID(),
    stack,
    command,
    user: userName(),
    since: new Date().toISOString(),
    process: thisProcess(),
    host: thisHost(),
  };
  const file = lockFile(stack);
  while (!createExclusively(file, holder)) {
    const other = await removeIfGone(file, isGone, holder);
    if (other !== undefined) throw refusal(other);
  }
  return { id: holder.id, release: () => removeOwn(file, holder) };
}

/**
 * The run whose process is gone, on this host, but whose lock still is there: its id. What it started may live, and then the lock
 * does not clear itself.
 */
export function killedRun(stack: string): string | undefined {
  const holder = readOwner<LockHolder>(lockFile(stack));
  return holder && livenessOf(holder.process, holder.host) === "gone" ? holder.id : undefined;
}

/**
 * Runs an action that changes a stack, under its lock. However this process ends (but for SIGKILL), the lock is released, after the
 * commands that it runs have ended.
 */
export async function withLock<T>(
  stack: string,
  command: string,
  action: (lock: Lock) => Promise<T>,
): Promise<T> {
  endAfterCommands();
  const lock = await takeLock(stack, command);
  process.once("exit", lock.release);
  markRun(stack, lock.id);
  try {
    return await action(lock);
  } finally {
    process.off("exit", lock.release);
    lock.release();
  }
}
