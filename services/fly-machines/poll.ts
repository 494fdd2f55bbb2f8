import { setTimeout as sleep } from "node:timers/promises";

/** The limit is one request a second and kind, a few more in a burst. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** When a step gives up. */
export class Deadline {
  private readonly atMs: number;

  constructor(readonly seconds: number) {
    this.atMs = Date.now() + seconds * 1_000;
  }

  get leftMs(): number {
    return Math.max(0, this.atMs - Date.now());
  }
}

/**
 * Asks again until there is something.
 * @param late makes the error for when there is nothing within the deadline.
 */
export async function poll<T>(
  look: () => Promise<T | undefined>,
  deadline: Deadline,
  late: () => string,
): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const found = await look();
    if (found !== undefined) return found;
    if (deadline.leftMs === 0) throw new Error(late());
    await sleep(Math.min(pauseMs, deadline.leftMs));
  }
}
