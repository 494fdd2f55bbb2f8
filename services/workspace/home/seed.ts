import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { Kept } from "../settings/kept";
import type { Workspace } from "../workspace";

/** Digest of each file as it was put into the home, by its path in it. */
const manifest = z.record(z.string(), z.string());

/**
 * Puts what the image has for a home into the user's: new files, and newer contents of files that are as they were put there. What the user
 * changed or removed stays so.
 */
export function seedHome(workspace: Workspace): void {
  const { paths, log } = workspace;
  if (!fs.existsSync(paths.skeleton)) return;
  const kept = new Kept(workspace, "home", manifest, {});
  const counts = { added: 0, updated: 0, left: 0 };
  for (const name of filesBelow(paths.skeleton)) {
    const from = path.join(paths.skeleton, name);
    const to = path.join(paths.home, name);
    const offered = digest(from);
    const there = digest(to);
    const before = kept.value[name];
    if (there === offered) {
      kept.value[name] = offered ?? "";
      continue;
    }
    const isNew = there === undefined && before === undefined;
    if (!isNew && (there === undefined || there !== before)) {
      // A change of theirs is told once, at the update that it keeps away.
      if (before !== offered) counts.left += 1;
      continue;
    }
    place(from, to);
    kept.value[name] = offered ?? "";
    counts[isNew ? "added" : "updated"] += 1;
  }
  kept.save();
  if (Object.values(counts).some((count) => count > 0))
    log.info(
      "home",
      `${counts.added} files added, ${counts.updated} updated, ${counts.left} of the user's own left`,
    );
}

function filesBelow(folder: string, under = ""): string[] {
  return fs
    .readdirSync(path.join(folder, under), { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(folder, path.join(under, entry.name)) : [path.join(under, entry.name)],
    )
    .sort();
}

/** Of a file's content or a link's target; undefined where there is nothing, and the name of its kind for anything else. */
export function digest(file: string): string | undefined {
  const stats = fs.lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (stats.isSymbolicLink()) return `link ${fs.readlinkSync(file)}`;
  return stats.isFile() ? createHash("sha256").update(fs.readFileSync(file)).digest("hex") : "folder";
}

function place(from: string, to: string): void {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  const temporary = `${to}.berth-new`;
  fs.rmSync(temporary, { force: true });
  if (fs.lstatSync(from).isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(from), temporary);
  else {
    fs.copyFileSync(from, temporary);
    // Readable as in the image, and the user's to change.
    fs.chmodSync(temporary, fs.statSync(from).mode | 0o200);
  }
  fs.renameSync(temporary, to);
}
