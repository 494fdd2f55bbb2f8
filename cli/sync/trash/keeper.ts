import * as fs from "node:fs";
import * as path from "node:path";
import type { Ignored } from "../ignored";
import { codeOf, factsOf, isKept, keepFile } from "./keep-file";
import { batchName, type TrashPlaces } from "./places";

/** What one look through the tree found. */
export interface KeptChanges {
  /** Files in the tree now. */
  files: number;
  /** Files that went since the look before, from the root. */
  removed: string[];
  /** Where they are now; undefined where nothing went. */
  batch: string | undefined;
}

interface Folder {
  /** Of the folder when it was read; not trusted where that was at about the same moment. */
  changedMs: number;
  folders: string[];
  files: number;
}

/** Within this time after a change a folder may change again and still show the same time. */
const CLOCK_GRAIN_MS = 50;

/**
 * Keeps a second name for every file of a tree that is synchronised. A file that is deleted there, by whomever, still stands under its
 * second name, and is put into the trash at the next look. A look costs one question for each folder, since a folder's time changes with
 * every name in it.
 */
export class Keeper {
  private readonly known = new Map<string, Folder>();

  constructor(
    private readonly root: string,
    private readonly places: TrashPlaces,
    private readonly ignored: Ignored,
  ) {}

  /** Folders that are in the tree, from the root; "" is the root. */
  get folders(): Iterable<string> {
    return this.known.keys();
  }

  /** Looks through the tree. Where the root itself is not there, nothing is said to be deleted: a disk may not be mounted. */
  look(now = new Date()): KeptChanges {
    const changes: KeptChanges = { files: 0, removed: [], batch: undefined };
    if (!factsOf(this.root)?.isDirectory()) return changes;
    fs.mkdirSync(this.places.kept, { recursive: true, mode: 0o700 });
    const batch = this.newBatch(now);
    const removed = (name: string): void => {
      const gone = this.intoTrash(name, batch);
      changes.removed.push(...gone);
      if (gone.length > 0) changes.batch = batch;
    };
    const open = [""];
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      const { files, folders } = this.folder(folder, now, removed);
      changes.files += files;
      open.push(...folders);
    }
    return changes;
  }

  /** One that is not there yet: a second look within the same millisecond must not move things over those of the first. */
  private newBatch(now: Date): string {
    for (let timeMs = now.getTime(); ; timeMs += 1) {
      const batch = path.join(this.places.trash, batchName(new Date(timeMs)));
      if (!fs.existsSync(batch)) return batch;
    }
  }

  private folder(folder: string, now: Date, removed: (name: string) => void): Folder {
    const before = this.known.get(folder);
    const changedMs = factsOf(path.join(this.root, folder))?.mtimeMs ?? 0;
    if (before?.changedMs === changedMs) return before;
    const isFresh = Math.abs(now.getTime() - changedMs) < CLOCK_GRAIN_MS;
    const read = this.read(folder, removed);
    const found = { ...read, changedMs: isFresh ? -1 : changedMs };
    for (const gone of before?.folders ?? []) if (!found.folders.includes(gone)) this.forget(gone);
    this.known.set(folder, found);
    return found;
  }

  /** Keeps what is in a folder of the tree, and finds what is kept and no more in it. */
  private read(folder: string, removed: (name: string) => void): { folders: string[]; files: number } {
    const folders: string[] = [];
    const names = new Set<string>();
    for (const entry of entriesOf(path.join(this.root, folder))) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (this.ignored(name)) continue;
      if (entry.isDirectory()) folders.push(name);
      else if (entry.isFile() || entry.isSymbolicLink()) this.keep(name, removed);
      else continue;
      names.add(entry.name);
    }
    for (const entry of entriesOf(path.join(this.places.kept, folder))) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      const becameFolder = !entry.isDirectory() && folders.includes(name);
      if (!names.has(entry.name) || becameFolder) removed(name);
    }
    return { folders, files: names.size - folders.length };
  }

  private keep(name: string, removed: (name: string) => void): void {
    const [file, kept] = [path.join(this.root, name), path.join(this.places.kept, name)];
    const [facts, keptFacts] = [factsOf(file), factsOf(kept)];
    if (keptFacts?.isDirectory()) removed(name);
    if (facts && !isKept(facts, keptFacts)) keepFile(file, kept, facts);
  }

  /** Moves what is kept under this name, a file or a folder. */
  private intoTrash(name: string, batch: string): string[] {
    const [kept, target] = [path.join(this.places.kept, name), path.join(batch, name)];
    const files = filesUnder(kept, name);
    if (files.length === 0) fs.rmSync(kept, { recursive: true, force: true });
    else {
      fs.mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
      fs.renameSync(kept, target);
    }
    return files;
  }

  private forget(folder: string): void {
    for (const below of this.known.get(folder)?.folders ?? []) this.forget(below);
    this.known.delete(folder);
  }
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES", "EPERM"].includes(codeOf(error))) return [];
    throw error;
  }
}

/** Files at or under a path, named as `name` and below. */
function filesUnder(file: string, name: string): string[] {
  if (!factsOf(file)?.isDirectory()) return [name];
  return entriesOf(file).flatMap((entry) => filesUnder(path.join(file, entry.name), `${name}/${entry.name}`));
}
