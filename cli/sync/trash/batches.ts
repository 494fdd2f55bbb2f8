import * as fs from "node:fs";
import * as path from "node:path";
import { EXIT, Failure } from "../../failure";
import { factsOf } from "./keep-file";
import { batchTime } from "./places";

/** A time at which files went, with what went. */
export interface Batch {
  name: string;
  at: string;
  folder: string;
  /** From the tree's root, sorted. */
  files: string[];
  bytes: number;
}

/** What is in an app's trash, the newest first. Copies that `reset` and conflicts made have a name of their own and come too. */
export function batchesIn(trash: string): Batch[] {
  if (!fs.existsSync(trash)) return [];
  return fs
    .readdirSync(trash)
    .flatMap((name) => {
      const time = batchTime(name);
      return time ? [batchOf(path.join(trash, name), name, time)] : [];
    })
    .sort((a, b) => (a.name < b.name ? 1 : -1));
}

/** Files that went within this time belong to one event. */
const TOGETHER_MS = 30_000;

/**
 * What to bring back: a batch by its name, or the newest that holds deleted files with those shortly before it.
 * @throws Failure where there is none.
 */
export function chosenBatches(all: Batch[], from: string | undefined): Batch[] {
  if (from !== undefined) {
    const found = all.filter(({ name }) => name === from);
    if (found.length > 0) return found;
    throw new Failure(`there is no '${from}' in the trash: \`berth sync trash\` lists what is`, EXIT.usage);
  }
  const deleted = all.filter(({ name }) => name.endsWith("Z"));
  const [newest] = deleted;
  if (!newest) throw new Failure("the trash holds no deleted files of this app");
  const since = Date.parse(newest.at) - TOGETHER_MS;
  return deleted.filter(({ at }) => Date.parse(at) >= since);
}

/**
 * Copies files back to where they were. What is there now stays as it is.
 * @returns what was brought back.
 */
export function putBack(batches: Batch[], root: string): string[] {
  const back: string[] = [];
  for (const { folder, files } of batches) {
    for (const file of files) {
      const target = path.join(root, file);
      if (factsOf(target)) continue;
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.cpSync(path.join(folder, file), target, { preserveTimestamps: true, verbatimSymlinks: true });
      back.push(file);
    }
  }
  return back.sort();
}

function batchOf(folder: string, name: string, time: Date): Batch {
  const entries = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return {
    ...{ name, folder, at: time.toISOString() },
    files: entries.map((file) => path.relative(folder, file).split(path.sep).join("/")).sort(),
    bytes: entries.reduce((sum, file) => sum + (factsOf(file)?.size ?? 0), 0),
  };
}
