import * as fs from "node:fs";
import * as path from "node:path";

/** Copies are made only where no second name can be, and then not of what would fill the disk. */
export const LARGEST_COPY_BYTES = 64 * 2 ** 20;

/** Errors that say: not here, but a copy may do. */
const NO_LINKS = new Set(["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "ENOSYS", "EOPNOTSUPP"]);
/** Errors that say: it is gone, or nobody may read it. */
const PASSED_OVER = new Set(["ENOENT", "EACCES", "ENOTDIR", "EISDIR"]);

/**
 * Gives a file a second name, which costs no space; where that cannot be, makes a copy (shared with the original until one of both
 * changes, where the file system can). Symbolic links are made anew.
 */
export function keepFile(file: string, kept: string, facts: fs.Stats): void {
  fs.rmSync(kept, { force: true, recursive: true });
  fs.mkdirSync(path.dirname(kept), { recursive: true, mode: 0o700 });
  try {
    if (facts.isSymbolicLink()) return fs.symlinkSync(fs.readlinkSync(file), kept);
    link(file, kept, facts);
  } catch (error) {
    if (!PASSED_OVER.has(codeOf(error))) throw error;
  }
}

/** Whether the second name still stands for the file. */
export function isKept(facts: fs.Stats, kept: fs.Stats | undefined): boolean {
  if (!kept || kept.isDirectory()) return false;
  if (facts.isSymbolicLink()) return kept.isSymbolicLink() && kept.size === facts.size;
  if (kept.ino === facts.ino && kept.dev === facts.dev) return true;
  // A copy, since no second name reaches over to another file system.
  return kept.dev !== facts.dev && kept.size === facts.size && sameTime(kept, facts);
}

/** What stands there, links not followed; undefined where there is nothing. */
export function factsOf(file: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if (PASSED_OVER.has(codeOf(error))) return undefined;
    throw error;
  }
}

function link(file: string, kept: string, facts: fs.Stats): void {
  try {
    fs.linkSync(file, kept);
  } catch (error) {
    if (!NO_LINKS.has(codeOf(error))) throw error;
    if (facts.size > LARGEST_COPY_BYTES) return;
    fs.copyFileSync(file, kept, fs.constants.COPYFILE_FICLONE);
    fs.utimesSync(kept, facts.atime, facts.mtime);
  }
}

/** Times are set with microseconds at best. */
function sameTime(one: fs.Stats, other: fs.Stats): boolean {
  return Math.abs(one.mtimeMs - other.mtimeMs) < 1;
}

export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
