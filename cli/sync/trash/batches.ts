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

/** What went with no longer pauses than this belongs to one event. */
const PAUSE_MS = 5_000;

/**
 * What to bring back: a batch by its name, or the newest deletion with what went shortly before.
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
  const end = deleted.findIndex(
    ({ at }, index) => index > 0 && Date.parse(deleted[index - 1]!.at) - Date.parse(at) > PAUSE_MS,
  );
  return end < 0 ? deleted : deleted.slice(0, end);
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
