import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Between two edits: what an edit sets off is over by then. */
const PAUSE_MS = 400;
const GIVEN_UP_MS = 15_000;

/** Where an edit is made, and where it is to be seen. */
export interface EditedTree {
  source: string;
  /** The container's folder as this host sees it, so that looking costs no process. */
  seen: string;
  names: string[];
}

/** From the write of a file, another one each time, until its new content is on the other side: milliseconds, sorted. */
export async function hotEdits({ source, seen, names }: EditedTree, edits: number): Promise<number[]> {
  const times: number[] = [];
  for (let edit = 0; edit < edits; edit += 1) {
    // Far from each other, as nobody's habit is.
    const name = names[(edit * 7_919) % names.length] ?? "";
    const text = `edit ${edit} at ${Date.now()}`;
    const startedMs = performance.now();
    fs.writeFileSync(path.join(source, name), text);
    while (!isThere(path.join(seen, name), text) && performance.now() - startedMs < GIVEN_UP_MS)
      await sleep(2);
    times.push(performance.now() - startedMs);
    await sleep(PAUSE_MS);
  }
  return times.sort((a, b) => a - b);
}

/** The value that so much of the sorted values does not exceed. */
export function percentile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

function isThere(file: string, text: string): boolean {
  try {
    return fs.readFileSync(file, "utf8") === text;
  } catch {
    // It is replaced by a rename at this moment, or not there yet.
    return false;
  }
}
