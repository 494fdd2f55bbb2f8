import * as fs from "node:fs";
import * as path from "node:path";
import type Docker from "dockerode";
import * as tar from "tar-stream";
import { gathered } from "../engine/gathered";
import { ignoredBy } from "./ignored";
import { sourceFolder } from "./names";
import { runInside } from "./remote/inside";
import type { SourceVolume } from "./remote/source-volume";
import { parseUser } from "./remote/users";

/** Fewer files are on the other side sooner by Mutagen alone: one archive costs two more requests. */
const WORTH_AN_ARCHIVE = 200;
/** Larger ones are left to Mutagen, which need not hold them in memory. */
const LARGEST_BYTES = 16 * 1024 * 1024;
/** Never synchronised (see ALWAYS_IGNORED), so that a half of it is never taken for the source. */
const STAGING = ".berth/first";
/** A command line takes so many names with room to spare. */
const NAMES_AT_ONCE = 200;

/** One file as it was when it was packed. */
interface Packed {
  name: string;
  size: number;
  mtimeMs: number;
}

/** Where a tree comes from and goes to. */
export interface Seed {
  container: Docker.Container;
  /** Made by this very command, so that nothing is in it. */
  volume: SourceVolume;
  /** The laptop's tree. */
  folder: string;
  /** In Mutagen's form. */
  ignores: readonly string[];
}

/**
 * Brings a tree into its new, empty volume as one archive, before Mutagen has a session for it: file by file, Mutagen takes seven times
 * as long for ten thousand. What is left out here (large files, links), Mutagen brings; what was edited or deleted meanwhile
 * is taken away again there, so that Mutagen brings it as it is.
 * @returns how many files were brought.
 */
export async function seedVolume({ container, volume, folder, ignores }: Seed): Promise<number> {
  const names = filesOf(folder, ignores);
  if (names.length < WORTH_AN_ARCHIVE) return 0;
  const root = sourceFolder(volume.app, volume.id);
  const inside = (...command: string[]): Promise<string> =>
    runInside(container, { command, folder: root, user: volume.user });
  await inside("mkdir", "-p", STAGING);
  const packed = await send(container, `${root}/${STAGING}`, folder, names, volume.user);
  const placing = `find ${STAGING} -mindepth 1 -maxdepth 1 -exec mv -t . {} + && rm -r ${path.posix.dirname(STAGING)}`;
  await inside("sh", "-c", placing);
  const changed = packed.filter((file) => !isAsPacked(folder, file)).map(({ name }) => name);
  for (let at = 0; at < changed.length; at += NAMES_AT_ONCE)
    await inside("rm", "-f", "--", ...changed.slice(at, at + NAMES_AT_ONCE));
  return packed.length - changed.length;
}

/** Plain files below a folder that are synchronised and not too large, from the folder, with '/'. */
function filesOf(folder: string, ignores: readonly string[]): string[] {
  const ignored = ignoredBy(ignores);
  const names: string[] = [];
  const open = [""];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const entry of fs.readdirSync(path.join(folder, at), { withFileTypes: true })) {
      const name = at === "" ? entry.name : `${at}/${entry.name}`;
      if (ignored(name)) continue;
      if (entry.isDirectory()) open.push(name);
      else if (entry.isFile()) names.push(name);
    }
  }
  return names;
}

async function send(
  container: Docker.Container,
  remotePath: string,
  folder: string,
  names: string[],
  user: string,
): Promise<Packed[]> {
  const owner = parseUser(user);
  const pack = tar.pack();
  const packed: Packed[] = [];
  const fill = async (): Promise<void> => {
    const folders = new Set<string>();
    for (const name of names) {
      const file = path.join(folder, name);
      // Mutagen says what is wrong with one that cannot be read.
      const before = fs.statSync(file, { throwIfNoEntry: false });
      const content = before && before.size <= LARGEST_BYTES ? readable(file) : undefined;
      if (!before || !content) continue;
      for (const parent of parentsOf(name)) {
        if (folders.has(parent)) continue;
        folders.add(parent);
        pack.entry({ name: `${parent}/`, type: "directory", mode: 0o755, ...owner });
      }
      const mode = (before.mode & 0o100) === 0 ? 0o644 : 0o755;
      await new Promise<void>((resolve, reject) => {
        pack.entry({ name, mode, mtime: before.mtime, ...owner }, content, (error) =>
          error ? reject(error) : resolve(),
        );
      });
      packed.push({ name, size: before.size, mtimeMs: before.mtimeMs });
    }
    pack.finalize();
  };
  const answer = container.putArchive(pack.pipe(gathered()), { path: remotePath });
  const filled = fill().catch((error: Error) => {
    pack.destroy(error);
    throw error;
  });
  await Promise.all([answer, filled]);
  return packed;
}

function readable(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (["EACCES", "EPERM", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** The folders above a name, the outermost first. */
function parentsOf(name: string): string[] {
  const parts = name.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function isAsPacked(folder: string, { name, size, mtimeMs }: Packed): boolean {
  const now = fs.statSync(path.join(folder, name), { throwIfNoEntry: false });
  return now?.size === size && now.mtimeMs === mtimeMs;
}
