/** Deletions that come together are one event: a branch is switched, a folder is emptied. */
const WINDOW_MS = 10_000;
/** Fewer are everyday work. */
const FEWEST = 25;
/** Of the tree, where the container deleted: there nobody looks. */
const SHARE_BY_CONTAINER = 0.2;
/** Of the tree, where the laptop did: a developer switches branches. */
const SHARE_BY_LAPTOP = 0.5;
/** So many are told in any tree. */
const MANY = 2_000;

/** Which side deleted first. */
export type Side = "laptop" | "container";

/** Many files that went at about the same time. */
export interface MassDeletion {
  files: number;
  /** In the tree before. */
  of: number;
  by: Side;
}

/** What is known of an app's two trees at a moment. */
export interface Counts {
  atMs: number;
  laptop: number;
  container: number;
}

/** Watches the numbers of files on both sides. Pure: time comes with the counts. */
export class MassDeletionWatch {
  private seen: Counts[] = [];

  /** @returns what happened within the window, if it is too much to go on with. */
  observe(now: Counts): MassDeletion | undefined {
    this.seen = [...this.seen.filter(({ atMs }) => now.atMs - atMs <= WINDOW_MS), now];
    const found = (["container", "laptop"] as const).map((side) => this.lostBy(side, now)).find((one) => one);
    if (found) this.seen = [];
    return found;
  }

  /** Forgets what was: after a decision, the numbers of now are the measure. */
  reset(): void {
    this.seen = [];
  }

  private lostBy(side: Side, now: Counts): MassDeletion | undefined {
    const other = side === "laptop" ? "container" : "laptop";
    const before = Math.max(...this.seen.map((counts) => counts[side]));
    const files = before - now[side];
    const share = side === "container" ? SHARE_BY_CONTAINER : SHARE_BY_LAPTOP;
    if (files < FEWEST || (files < before * share && files < MANY)) return undefined;
    // Where both went, the one that was smaller first is the one that deleted.
    const first = this.seen.find((counts) => counts[side] <= before - FEWEST);
    const otherFirst = this.seen.find((counts) => counts[other] <= before - FEWEST);
    if (first && otherFirst && otherFirst.atMs < first.atMs) return undefined;
    return { files, of: before, by: side };
  }
}
