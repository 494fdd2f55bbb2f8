/** What the commands of `berth sync` do. */
import * as path from "node:path";
import { findApp } from "../app/find-app";
import { EXIT, Failure } from "../failure";
import { printFact, tableOf, type OutputOptions } from "../output";
import { openSession } from "../session";
import type { SettingFlags } from "../settings";
import { decideConflicts } from "./conflicts/decide";
import { concerns } from "./conflicts/files";
import { conflictingFiles, type Version } from "./conflicts/list";
import { ensureSync } from "./ensure";
import { flushSync } from "./flush";
import { clearAlert } from "./guard/alert";
import { existingSession, resetSync } from "./reset";
import { restoreFromTrash } from "./restore";
import { syncOverview, type SyncStatus } from "./status";
import { mutagenOf } from "./sync-session";
import { batchesIn } from "./trash/batches";
import { trashPlaces } from "./trash/places";

export type SyncFlags = SettingFlags & OutputOptions;

/** `berth sync status [app]` */
export async function statusCommand(name: string | undefined, flags: SyncFlags): Promise<void> {
  const overview = await syncOverview(await openSession(flags), name);
  const rows = overview.apps.map((one) => [
    ...[one.app, one.state, String(one.files), sizeText(one.bytes), String(one.conflicts)],
    ...[String(one.problems), one.laptop],
  ]);
  const header = ["app", "state", "files", "size", "conflicts", "problems", "laptop"];
  const table = rows.length > 0 ? tableOf(header, rows) : "nothing is synchronised";
  printFact(flags, overview, [table, ...overview.apps.flatMap(remarks)].join("\n"));
}

function remarks(one: SyncStatus): string[] {
  return [
    ...(one.alert === null ? [] : [one.alert]),
    ...(one.lastError === "" ? [] : [`${one.app}: ${one.lastError}`]),
    ...(one.conflicts === 0
      ? []
      : [`${one.app}: \`berth sync conflicts ${one.app}\` lists what waits for you`]),
    ...one.problemList.map(
      ({ path: file, side, error }) => `${one.app}: ${file} is not synchronised (${side}): ${error}`,
    ),
    ...one.caseClashes.map(
      (names) => `${one.app}: ${names.join(" and ")} are one name on macOS and Windows: rename one`,
    ),
  ];
}

/** `berth sync conflicts <app>` */
export async function conflictsCommand(name: string, flags: SyncFlags): Promise<void> {
  const session = await openSession(flags);
  const files = await conflictingFiles(session, await existingSession(session, name));
  const rows = files.map(({ path: file, mine, theirs }) => [file, versionText(mine), versionText(theirs)]);
  const text =
    files.length === 0
      ? "no conflicts"
      : `${tableOf(["file", "mine (laptop)", "theirs (container)"], rows)}\nberth sync resolve ${name} --keep mine|theirs FILE`;
  printFact(flags, { app: name, conflicts: files }, text);
}

export interface ResolveFlags extends SyncFlags {
  keep?: string;
  all?: boolean;
}

/** `berth sync resolve <app> --keep mine|theirs FILE` */
export async function resolveCommand(
  name: string,
  file: string | undefined,
  flags: ResolveFlags,
): Promise<void> {
  const { keep } = flags;
  if (keep !== "mine" && keep !== "theirs")
    throw new Failure("say whose version stays: --keep mine (the laptop's) or --keep theirs", EXIT.usage);
  if ((file === undefined) === (flags.all !== true))
    throw new Failure("name one file, or give --all for every conflict", EXIT.usage);
  const session = await openSession(flags);
  // What Mutagen lists may be of its last cycle, and decided since.
  const one = await flushSync(session, name);
  const conflicts = one.conflicts ?? [];
  const asked = file === undefined ? undefined : fromRoot(file, one.alpha.path);
  if (asked !== undefined && !conflicts.some((conflict) => concerns(conflict, asked))) {
    throw new Failure(
      `${asked} is in no conflict of ${name}: \`berth sync conflicts ${name}\` lists them`,
      EXIT.usage,
    );
  }
  const decided = await decideConflicts(session, { app: name, session: one, keep, path: asked });
  await flushSync(session, name);
  const lines = decided
    .filter(({ changed }) => !changed)
    .map(({ path: at, lost }) => `${at}: ${keep} stays; the other is ${lost ?? "gone already"}`);
  printFact(flags, { app: name, keep, decided }, lines.join("\n") || "no conflicts");
  const changed = decided.filter((one) => one.changed).map(({ path: at }) => at);
  if (changed.length === 0) return;
  throw new Failure(
    `${changed.join(", ")}: changed at this very moment, and both versions stay: \`berth sync conflicts ${name}\` shows them; decide again`,
  );
}

/** A path as people type it: from the current folder where it is in the tree, else from the tree's root. */
function fromRoot(file: string, root: string): string {
  const inside = path.relative(root, path.resolve(file));
  const isInside = !inside.startsWith("..") && !path.isAbsolute(inside) && inside !== "";
  return (isInside ? inside : path.normalize(file)).split(path.sep).join("/");
}

/** `berth sync flush <app>` */
export async function flushCommand(name: string, flags: SyncFlags): Promise<void> {
  const session = await openSession(flags);
  const startedMs = performance.now();
  await flushSync(session, name);
  const milliseconds = Math.round(performance.now() - startedMs);
  printFact(flags, { app: name, milliseconds }, `both sides of ${name} are the same (${milliseconds} ms)`);
}

/** `berth sync pause <app>` */
export async function pauseCommand(name: string, flags: SyncFlags): Promise<void> {
  const session = await openSession(flags);
  await mutagenOf(session).pause((await existingSession(session, name)).name);
  printFact(
    flags,
    { app: name, state: "paused" },
    `${name} is paused: \`berth sync resume ${name}\` goes on`,
  );
}

/** `berth sync resume <app>`: also the answer to an alert that it may go on. */
export async function resumeCommand(name: string, flags: SyncFlags): Promise<void> {
  const session = await openSession(flags);
  clearAlert(session.home, session.devId, name);
  const ready = await ensureSync(session, findApp(session.settings, name));
  printFact(flags, ready, `${name} is synchronised (${ready.state}, ${ready.milliseconds} ms)`);
}

/** `berth sync reset <app>` */
export async function resetCommand(name: string, flags: SyncFlags): Promise<void> {
  const session = await openSession(flags);
  const result = await resetSync(session, findApp(session.settings, name));
  const conflicts = result.conflicts === 0 ? "" : `, ${result.conflicts} conflicts`;
  printFact(
    flags,
    result,
    `${name} is synchronised anew${conflicts}; both sides as they were: ${result.saved}`,
  );
}

/** `berth sync trash <app>` */
export async function trashCommand(name: string, flags: SyncFlags): Promise<void> {
  const { home, devId } = await openSession(flags);
  const batches = batchesIn(trashPlaces(home, devId, name).trash);
  const rows = batches.map((one) => [
    one.name,
    String(one.files.length),
    sizeText(one.bytes),
    one.files[0] ?? "",
  ]);
  const text = rows.length > 0 ? tableOf(["when", "files", "size", "first"], rows) : "the trash is empty";
  printFact(flags, { app: name, batches }, text);
}

/** `berth sync restore <app>` */
export async function restoreCommand(name: string, flags: SyncFlags & { from?: string }): Promise<void> {
  const session = await openSession(flags);
  const result = await restoreFromTrash(session, findApp(session.settings, name), flags.from);
  printFact(flags, result, `${result.restored.length} files of ${name} are back on both sides`);
}

function versionText(version: Version | null): string {
  return version ? `${sizeText(version.bytes)}, ${version.changedAt}` : "deleted";
}

function sizeText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length);
  return `${(bytes / 2 ** (10 * power)).toFixed(1)} ${units[power - 1]}`;
}
