import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A file that at most one process has made and owns. */
export interface Owned {
  /** Another one for every time that it is made. */
  id: string;
}

/** Whether an owner may still be at work: only the file of one that surely is gone is ever removed. */
export type OwnerIsGone<T extends Owned> = (owner: T) => boolean;

const CLAIM_RETRY_MS = 20;
const CLAIM_LIMIT_MS = 10_000;

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/**
 * Makes the file with its whole content in one step: a link, unlike a file opened for writing, is never seen half written.
 * Returns false where the file is there already.
 */
export function createExclusively(file: string, owner: Owned): boolean {
  const draft = `${file}.${owner.id}.draft`;
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    fs.writeFileSync(draft, `${JSON.stringify(owner, undefined, 2)}\n`, { mode: 0o600, flush: true });
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw new Error(`cannot make ${file}: ${(error as Error).message}${hintFor(error)}`, { cause: error });
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

function hintFor(error: unknown): string {
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT") return ": the disk is full, make room on it";
  if (code === "EPERM" || code === "ENOTSUP" || code === "ENOSYS")
    return ": put the data root (BERTH_DATA_ROOT) on a file system with hard links";
  return "";
}

/** The file's owner; undefined where there is no file. Throws for a file that nobody's `createExclusively` can have made. */
export function readOwner<T extends Owned>(file: string): T | undefined {
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const owner = JSON.parse(text) as T;
    if (typeof owner.id === "string") return owner;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Error(`${file} is damaged: remove it once nothing that changes this stack is at work any more`);
}

/** Removes the file if it is still this owner's. */
export function removeOwn(file: string, owner: Owned): void {
  if (readOwner(file)?.id === owner.id) fs.rmSync(file, { force: true });
}

/**
 * Removes the file of an owner that is gone. Returns an owner that is not gone, whose file stays; undefined once there is no file.
 *
 * Two that find the same dead owner must not both remove: the second would remove what somebody made in between. So who removes
 * first makes a claim, a file named after the dead owner's id. Only one can have it, and only its holder may remove a file with
 * that id, which others cannot replace as long as it is there. A claim whose holder died is itself the file of an owner that is gone.
 */
export async function removeIfGone<T extends Owned>(
  file: string,
  isGone: OwnerIsGone<T>,
  claimant: T,
): Promise<T | undefined> {
  const deadline = Date.now() + CLAIM_LIMIT_MS;
  for (;;) {
    const owner = readOwner<T>(file);
    if (owner === undefined || !isGone(owner)) return owner;
    const claim = path.join(path.dirname(file), `claim-${owner.id}.json`);
    const own = { ...claimant, id: randomUUID() };
    if (createExclusively(claim, own)) {
      removeOwn(file, owner);
      removeOwn(claim, own);
      return undefined;
    }
    const other = await removeIfGone(claim, isGone, own);
    if (other === undefined) continue;
    if (Date.now() > deadline) return owner;
    await sleep(CLAIM_RETRY_MS);
  }
}
