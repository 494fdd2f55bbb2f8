/** The files of a build context. */
import type { Stats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { IgnoreRules } from "./ignore";

export interface ContextEntry {
  /** Relative to the context, with `/`. */
  path: string;
  /** Where it is on this machine. */
  file: string;
  stats: Stats;
}

/** All entries that the rules let in, folders before what is in them, each folder in the order of its names' bytes. */
export async function* walkContext(
  context: string,
  rules: IgnoreRules,
  folder = "",
): AsyncGenerator<ContextEntry> {
  const names = (await readdir(join(context, folder))).sort((left, right) =>
    Buffer.compare(Buffer.from(left), Buffer.from(right)),
  );
  for (const name of names) {
    const path = folder ? `${folder}/${name}` : name;
    const file = join(context, path);
    const stats = await lstat(file);
    const ignored = rules.ignores(path);
    if (!ignored) yield { path, file, stats };
    if (stats.isDirectory() && (!ignored || rules.hasExceptions)) yield* walkContext(context, rules, path);
  }
}
