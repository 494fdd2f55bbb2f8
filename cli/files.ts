/** Files that only their owner reads, never half written. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Makes a folder, and its missing parents, that only its owner enters; one that others could enter is closed. */
export function privateFolder(folder: string): void {
  fs.mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
  if ((fs.statSync(folder).mode & 0o777) !== PRIVATE_FOLDER) fs.chmodSync(folder, PRIVATE_FOLDER);
}

/** Writes a file whole or not at all; it is on the disk when this returns. */
export function writePrivate(file: string, content: string): void {
  const temporary = beside(file);
  writeSynced(temporary, content);
  fs.renameSync(temporary, file);
  syncFolder(path.dirname(file));
}

/** Makes a folder with these files appear at once. False, and nothing changed, where one is there already. */
export function createFolderWhole(folder: string, files: Record<string, string>): boolean {
  const temporary = beside(folder);
  privateFolder(temporary);
  for (const [name, content] of Object.entries(files)) writeSynced(path.join(temporary, name), content);
  syncFolder(temporary);
  try {
    fs.renameSync(temporary, folder);
  } catch (error) {
    fs.rmSync(temporary, { recursive: true });
    if (["ENOTEMPTY", "EEXIST", "EPERM"].includes(codeOf(error)) && fs.existsSync(folder)) return false;
    throw error;
  }
  syncFolder(path.dirname(folder));
  return true;
}

/** Points a symbolic link elsewhere in one step: who reads through it sees the old place or the new one. */
export function switchLink(link: string, target: string): void {
  const temporary = beside(link);
  fs.symlinkSync(target, temporary, "dir");
  fs.renameSync(temporary, link);
  syncFolder(path.dirname(link));
}

/** The file's text; undefined where there is none. */
export function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return undefined;
    throw error;
  }
}

function beside(file: string): string {
  return path.join(path.dirname(file), `.new-${path.basename(file)}-${randomBytes(4).toString("hex")}`);
}

function writeSynced(file: string, content: string): void {
  const descriptor = fs.openSync(file, "wx", PRIVATE_FILE);
  try {
    fs.writeFileSync(descriptor, content);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** A rename is on the disk only when its folder is. */
function syncFolder(folder: string): void {
  // Windows opens no folder as a file, and needs none of this.
  if (process.platform === "win32") return;
  const descriptor = fs.openSync(folder, "r");
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
