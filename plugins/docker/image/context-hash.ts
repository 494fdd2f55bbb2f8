/**
 * The digest of a build context, by the official plugin's recipe: so that neither an unchanged context nor a stack that
 * comes from the official plugin builds again.
 * Source: pulumi/pulumi-docker, provider/provider.go, hashContext.
 */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync, type Stats } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { isAbsolute, posix, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { walkContext } from "./context";
import { readIgnoreRules } from "./ignore";

const NO_MODE = "----------";
/** Up to here a file is read at once, which takes a fraction of what a stream does. */
const READ_AT_ONCE_BYTES = 4 * 1024 * 1024;

/** @param context and @param dockerfile as the program gives them: absolute, or relative to the project. */
export async function hashContext(context: string, dockerfile: string): Promise<string> {
  const sum = createHash("sha256");
  const add = (name: string, mode: string, digest: Buffer): void => {
    sum.update(posix.normalize(name)).update(mode).update(digest).update("\0");
  };
  // The Dockerfile counts by what is in it, whatever its name and mode.
  add("Dockerfile", NO_MODE, await digestFile(dockerfile, (await stat(dockerfile)).size));
  for await (const entry of walkContext(context, await readIgnoreRules(context, dockerfile))) {
    if (entry.stats.isDirectory()) continue;
    add(entry.path, goMode(entry.stats), await digestEntry(entry.file, entry.stats, isAbsolute(context)));
  }
  return sum.digest("hex");
}

async function digestFile(file: string, sizeBytes: number): Promise<Buffer> {
  const hash = createHash("sha256");
  if (sizeBytes <= READ_AT_ONCE_BYTES) return hash.update(readFileSync(file)).digest();
  await pipeline(createReadStream(file), hash);
  return hash.digest();
}

async function digestEntry(file: string, stats: Stats, absolute: boolean): Promise<Buffer> {
  if (stats.isFile()) return digestFile(file, stats.size);
  const hash = createHash("sha256");
  // A link counts by where it leads, not by what is there: that may change without any change to the image.
  if (stats.isSymbolicLink()) {
    const target = await realpath(file);
    hash.update((absolute ? target : relative(process.cwd(), target)).split(sep).join("/"));
  }
  return hash.digest();
}

const TYPES: [(stats: Stats) => boolean, string][] = [
  [(stats) => stats.isSymbolicLink(), "L"],
  [(stats) => stats.isCharacterDevice(), "Dc"],
  [(stats) => stats.isBlockDevice(), "D"],
  [(stats) => stats.isFIFO(), "p"],
];
const SPECIAL_BITS: [number, string][] = [
  [0o4000, "u"],
  [0o2000, "g"],
  [0o1000, "t"],
];

/** A file's mode as Go prints it: `-rw-r--r--`, `Lrwxrwxrwx`, `urwxr-xr-x`. */
export function goMode(stats: Pick<Stats, "mode"> & Stats): string {
  const type = TYPES.find(([matches]) => matches(stats))?.[1] ?? "";
  const special = SPECIAL_BITS.filter(([bit]) => (stats.mode & bit) !== 0).map(([, letter]) => letter);
  const permissions = [..."rwxrwxrwx"].map((letter, index) =>
    stats.mode & (1 << (8 - index)) ? letter : "-",
  );
  return `${type + special.join("") || "-"}${permissions.join("")}`;
}
