import type { Labels } from "../ownership";

/** A stage of a Dockerfile as far as its label is concerned. */
export interface Stage {
  /** Lower case; empty where it has none. */
  name: string;
  /** Of its FROM, counted from 0. */
  line: number;
  /** Number of the stage that it is built on; undefined where that is an image. */
  base: number | undefined;
}

/**
 * Writes the owner's labels at the end of every stage that is only copied from: the builder labels the last one alone, and the others
 * would stay on the engine as images without an owner. A stage that others are built on gets none: it is a parent of theirs, goes with
 * them, and labels would keep developers from sharing its layers in the cache.
 * @param target as `docker build --target` names it; empty for the last stage
 */
export function labelStages(
  lines: readonly string[],
  stages: readonly Stage[],
  labels: Labels,
  target: string,
): string[] {
  const last = targetOf(stages, target);
  const built = stages.slice(0, last + 1);
  const ends = built.flatMap((_, number) => {
    const isBase = built.some(({ base }) => base === number);
    return number === last || isBase ? [] : (stages[number + 1]?.line ?? []);
  });
  const words = Object.entries(labels).map(([key, value]) => `"${key}"="${value}"`);
  const label = `LABEL ${words.join(" ")}`;
  return lines.flatMap((line, number) => (ends.includes(number) ? [label, line] : [line]));
}

function targetOf(stages: readonly Stage[], target: string): number {
  const named = stages.findIndex(({ name }) => name !== "" && name === target.toLowerCase());
  if (named >= 0) return named;
  return /^\d+$/.test(target) && Number(target) < stages.length ? Number(target) : stages.length - 1;
}
