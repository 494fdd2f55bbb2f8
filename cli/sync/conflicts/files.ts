import type { MutagenConflict } from "../../mutagen/session";

interface Entry {
  kind: string;
  contents?: Record<string, Entry>;
}

/** Every file that a conflict is about, from the tree's root: changed on one side, where the other has it otherwise. */
export function filesOf(conflict: MutagenConflict): string[] {
  const changes = [...(conflict.alphaChanges ?? []), ...(conflict.betaChanges ?? [])];
  const files = changes.flatMap(({ path, old, new: now }) =>
    [old, now].flatMap((entry) => filesIn(path, entry as Entry | null)),
  );
  return [...new Set(files)].sort();
}

/** What a side has at a path as the conflict says: SHA-1 of the file's content, in hex; undefined where that is no file. */
export function digestAt(changes: MutagenConflict["alphaChanges"], path: string): string | undefined {
  const now = changes?.find((change) => change.path === path)?.new;
  return now?.kind === "file" ? now.digest : undefined;
}

/** Whether a conflict concerns a path: it is there, below it or above it. */
export function concerns(conflict: MutagenConflict, path: string): boolean {
  const isIn = (one: string, other: string): boolean =>
    other === "" || one === other || one.startsWith(`${other}/`);
  return isIn(conflict.root, path) || isIn(path, conflict.root);
}

function filesIn(path: string, entry: Entry | null): string[] {
  if (!entry) return [];
  if (entry.kind !== "directory") return [path];
  return Object.entries(entry.contents ?? {}).flatMap(([name, below]) =>
    filesIn(path === "" ? name : `${path}/${name}`, below),
  );
}
