/** The files of a build context. */
import { lstatSync, readdirSync, type Stats } from "node:fs";
import { join } from "node:path";
import { setImmediate as others } from "node:timers/promises";
import type { IgnoreRules } from "./ignore";

export interface ContextEntry {
  /** Relative to the context, with `/`. */
  path: string;
  /** Where it is on this machine. */
  file: string;
  stats: Stats;
}

/** So many entries are looked at before other calls have their turn. */
const ENTRIES_AT_A_TIME = 200;

/** All entries that the rules let in, folders before what is in them, each folder in the order of its names' bytes. */
export async function* walkContext(
  context: string,
  rules: IgnoreRules,
  folder = "",
): AsyncGenerator<ContextEntry> {
  // Synchronous, since a way to the thread pool and back takes several times as long as to look at a file does.
  const names = readdirSync(join(context, folder)).sort((left, right) =>
    Buffer.compare(Buffer.from(left), Buffer.from(right)),
  );
  for (const [index, name] of names.entries()) {
    if (index % ENTRIES_AT_A_TIME === ENTRIES_AT_A_TIME - 1) await others();
    const path = folder ? `${folder}/${name}` : name;
    const file = join(context, path);
    const stats = lstatSync(file);
    const ignored = rules.ignores(path);
    if (!ignored) yield { path, file, stats };
    if (stats.isDirectory() && (!ignored || rules.hasExceptions)) yield* walkContext(context, rules, path);
  }
}
