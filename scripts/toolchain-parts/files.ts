import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** SHA-256 in hex. */
export function sha256(...contents: (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const content of contents) hash.update(content);
  return hash.digest("hex");
}

export function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The first executable of this name on PATH, folders in `except` left out. */
export function findOnPath(
  name: string,
  environment: NodeJS.ProcessEnv,
  except: string[] = [],
): string | undefined {
  return (environment.PATH ?? "")
    .split(path.delimiter)
    .filter((folder) => folder !== "" && !except.includes(path.resolve(folder)))
    .map((folder) => path.join(folder, name))
    .find(isExecutable);
}

/**
 * Puts a file or folder in place whole or not at all: `make` writes it under a temporary name beside the target, which is
 * renamed only when `make` has ended well. Each process has a name of its own, so that two at once on one file both end well, and the last stays.
 * Whatever a process left that is no more is removed first.
 */
export async function placeAtomically(
  target: string,
  make: (temporary: string) => Promise<void> | void,
): Promise<void> {
  const folder = path.dirname(target);
  const beside = (kind: string): string =>
    path.join(folder, `.${kind}-${process.pid}-${path.basename(target)}`);
  const temporary = beside("incomplete");
  const previous = beside("previous");
  fs.mkdirSync(folder, { recursive: true });
  removeLeftOver(target);
  try {
    await make(temporary);
    // A folder cannot be renamed over another one.
    if (fs.existsSync(target) && fs.statSync(target).isDirectory()) fs.renameSync(target, previous);
    fs.renameSync(temporary, target);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
    fs.rmSync(previous, { recursive: true, force: true });
  }
}

function removeLeftOver(target: string): void {
  const folder = path.dirname(target);
  for (const name of fs.readdirSync(folder)) {
    const [, pid, base] = /^\.(?:incomplete|previous)-(\d+)-(.+)$/.exec(name) ?? [];
    if (base !== path.basename(target) || runsElsewhere(Number(pid))) continue;
    fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

function runsElsewhere(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Writes a file whole or not at all, and only if its content differs; says whether it did. */
export async function writeIfChanged(file: string, content: string | Buffer, mode = 0o644): Promise<boolean> {
  const bytes = Buffer.from(content);
  if (fs.existsSync(file) && fs.readFileSync(file).equals(bytes) && (fs.statSync(file).mode & 0o777) === mode)
    return false;
  await placeAtomically(file, (temporary) => {
    fs.writeFileSync(temporary, bytes);
    fs.chmodSync(temporary, mode);
  });
  return true;
}
