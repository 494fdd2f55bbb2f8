import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { readIfThere } from "../files";

/** How an app describes itself. */
export const MANIFEST = "berth.yaml";

/** Apps lie in a few folders below the root; deeper, a search would cost more than it finds. */
const DEEPEST = 4;
const NEVER_SEARCHED = new Set(["node_modules"]);

/** Every berth.yaml under a folder; links and folders whose name begins with a dot are not entered. */
export function manifestFiles(folder: string, depth = 0): string[] {
  const entries = entriesOf(folder);
  const here = entries.some((entry) => entry.name === MANIFEST && !entry.isDirectory());
  const below = depth < DEEPEST ? entries.filter((entry) => isSearched(entry)) : [];
  return [
    ...(here ? [path.join(folder, MANIFEST)] : []),
    ...below.flatMap(({ name }) => manifestFiles(path.join(folder, name), depth + 1)),
  ];
}

/** The name that a berth.yaml gives its app; undefined where there is none to read. */
export function nameIn(file: string): string | undefined {
  const text = readIfThere(file);
  try {
    const { name } = (parse(text ?? "") ?? {}) as { name?: unknown };
    return typeof name === "string" ? name : undefined;
  } catch {
    // What is wrong in it is told, with line and column, to whoever works with that app.
    return undefined;
  }
}

function isSearched(entry: fs.Dirent): boolean {
  return entry.isDirectory() && !entry.name.startsWith(".") && !NEVER_SEARCHED.has(entry.name);
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    // A folder that one may not read holds none of one's apps.
    if (["EACCES", "EPERM", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}
