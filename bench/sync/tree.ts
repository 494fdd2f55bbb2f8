import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

const FILES_IN_FOLDER = 100;
/** About what a source file has; nothing that compresses away. */
const FILE_BYTES = 2_048;

/** A tree of so many files; names from its root. */
export function makeTree(folder: string, files: number): string[] {
  const names = Array.from(
    { length: files },
    (_, index) => `f${Math.floor(index / FILES_IN_FOLDER)}/${index}.txt`,
  );
  for (const [index, name] of names.entries()) {
    if (index % FILES_IN_FOLDER === 0)
      fs.mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), randomBytes(FILE_BYTES / 2).toString("hex"));
  }
  return names;
}
