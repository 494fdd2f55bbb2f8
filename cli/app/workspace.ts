import * as fs from "node:fs";
import * as path from "node:path";

/** The git checkout around a folder, or the folder itself where there is none. */
export function enclosingWorkspace(folder: string): string {
  for (const candidate of foldersUpFrom(folder)) {
    if (fs.existsSync(path.join(candidate, ".git"))) return candidate;
  }
  return folder;
}

/** A folder and those above it, the nearest first. */
export function foldersUpFrom(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUpFrom(parent)];
}
