import * as fs from "node:fs";
import * as path from "node:path";

/** Writes a file whole or not at all; its folder is made where it is missing. */
export function writeWhole(file: string, content: string | Buffer, mode = 0o600): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
  const temporary = `${file}.${process.pid}.new`;
  fs.rmSync(temporary, { force: true });
  fs.writeFileSync(temporary, content, { mode });
  fs.renameSync(temporary, file);
}

/** A folder that only the user may enter, empty. */
export function emptyPrivateFolder(folder: string): void {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
}
