/** Owners of uploaded files: numeric ids, or names of this machine's user and group databases, as officially. */
import { readFile } from "node:fs/promises";

const ROOT = 0;

/** @throws Error naming the file, the name that nobody has, and the numeric way out. */
export const lookUpUser = (owner: string | undefined, file: string): Promise<number> =>
  lookUp("/etc/passwd", "owner", owner, file);

/** @throws Error as {@link lookUpUser}. */
export const lookUpGroup = (group: string | undefined, file: string): Promise<number> =>
  lookUp("/etc/group", "group", group, file);

async function lookUp(
  database: string,
  kind: string,
  name: string | undefined,
  file: string,
): Promise<number> {
  if (!name) return ROOT;
  if (/^\d+$/.test(name)) return Number(name);
  const lines = (await readFile(database, "utf8")).split("\n").map((line) => line.split(":"));
  const id = lines.find(([entry]) => entry === name)?.[2];
  if (id === undefined)
    throw new Error(`upload of ${file}: no ${kind} "${name}" in ${database}. Give its number instead.`);
  return Number(id);
}
