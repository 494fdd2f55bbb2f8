import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../lib/paths";
import { run } from "./command";
import { isExecutable, writeIfChanged } from "./files";

/** Runs a bundle from its compiled code; says how the files beside it are named. */
const START = path.join(projectRoot, "plugins/start.cjs");
const FIRST_START_TIMEOUT_MS = 60_000;

/** Where a bundled program of ours is installed. */
export interface OwnProgram {
  /** What the engine runs. */
  executable: string;
  /** The copy of plugins/start.cjs, whose name the files beside it share. */
  start: string;
  /** The bundle, where it was built. */
  bundle: string;
}

/** Starts the program with the Node on PATH, as the official Node plugins do; without a process more for the folder's name. */
function launcher(start: string): string {
  return `#!/bin/sh\nexec node "\${0%/*}/${path.basename(start)}" "$@"\n`;
}

function codeFile(start: string): string {
  return start.replace(/\.cjs$/, "-code.cjs");
}

/** Compiled code fits one version of Node; after an upgrade it is made anew. */
function cacheFile(start: string): string {
  return codeFile(start).replace(/cjs$/, `${process.version}-${process.arch}.cache`);
}

function hasContent(file: string, content: string | Buffer): boolean {
  return fs.existsSync(file) && fs.readFileSync(file).equals(Buffer.from(content));
}

/** Whether all of it is there, as it was built. */
export function isInstalled({ executable, start, bundle }: OwnProgram): boolean {
  return (
    isExecutable(executable) &&
    hasContent(executable, launcher(start)) &&
    hasContent(start, fs.readFileSync(START)) &&
    hasContent(codeFile(start), fs.readFileSync(bundle)) &&
    fs.existsSync(cacheFile(start))
  );
}

/**
 * Installs the program and compiles it, by starting it once; says whether anything was to be done.
 * @throws Error with its output where it does not start.
 */
export async function installOwn(program: OwnProgram): Promise<boolean> {
  if (isInstalled(program)) return false;
  const { executable, start, bundle } = program;
  removeCaches(start);
  await writeIfChanged(codeFile(start), fs.readFileSync(bundle));
  await writeIfChanged(start, fs.readFileSync(START));
  await run(process.execPath, [start, "--write-code-cache"], { timeoutMs: FIRST_START_TIMEOUT_MS });
  await writeIfChanged(executable, launcher(start), 0o755);
  return true;
}

function removeCaches(start: string): void {
  const folder = path.dirname(start);
  const beginning = path.basename(codeFile(start), "cjs");
  for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : [])
    if (name.startsWith(beginning) && name.includes(".cache")) fs.rmSync(path.join(folder, name));
}
