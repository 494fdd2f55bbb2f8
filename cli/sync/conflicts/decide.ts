import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type Docker from "dockerode";
import type { MutagenConflict, MutagenSession } from "../../mutagen/session";
import type { Session } from "../../session";
import { remoteNames } from "../names";
import { copyOut, runInside } from "../remote/inside";
import { codeOf, factsOf } from "../trash/keep-file";
import { batchName, trashPlaces } from "../trash/places";
import { concerns } from "./files";

/** Whose version stays: the laptop's, or the container's. */
export type Keep = "mine" | "theirs";

export interface Decision {
  app: string;
  session: MutagenSession;
  conflicts: MutagenConflict[];
  keep: Keep;
  /** Only what is at, below or above this path. Default: all. */
  path?: string;
}

/** A path whose other version went into the trash. */
export interface Decided {
  path: string;
  /** Where the version that lost is now; undefined where it was a deletion. */
  lost: string | undefined;
}

/**
 * Decides conflicts: the version that loses is moved into the trash of this laptop, and Mutagen then brings the other one over what is
 * not there any more. At no moment is a version nowhere.
 */
export async function decideConflicts(session: Session, decision: Decision): Promise<Decided[]> {
  const { app, session: one, conflicts, keep, path: only } = decision;
  const { trash } = trashPlaces(session.home, session.devId, app);
  const batch = path.join(trash, `${batchName()}-conflict`);
  const { prefix } = await session.server();
  const container = session.engine.getContainer(remoteNames(prefix, session.devId).container);
  const paths = conflicts
    .filter((conflict) => only === undefined || concerns(conflict, only))
    .map(({ root }) => (only !== undefined && only.length > root.length ? only : root));
  const decided: Decided[] = [];
  for (const lost of new Set(paths)) {
    const target = path.join(batch, lost);
    const moved =
      keep === "mine"
        ? await takeFromContainer(container, one, lost, target)
        : takeFromLaptop(path.join(one.alpha.path, lost), target);
    decided.push({ path: lost, lost: moved ? target : undefined });
  }
  return decided;
}

/** Moved aside within its volume in one step, where sync does not look; what is copied is exactly what was taken. */
async function takeFromContainer(
  container: Docker.Container,
  { beta }: MutagenSession,
  lost: string,
  target: string,
): Promise<boolean> {
  const aside = `.berth/lost-${randomBytes(4).toString("hex")}`;
  const place = { folder: beta.path, user: beta.user ?? "" };
  const script =
    'if [ -e "$1" ] || [ -L "$1" ]; then mkdir -p "$2" && mv -T -- "$1" "$2/it" && echo moved; fi';
  const said = await runInside(container, {
    command: ["sh", "-c", script, "sh", `./${lost}`, aside],
    ...place,
  });
  if (said.trim() !== "moved") return false;
  const folder = fs.mkdtempSync(path.join(makeFolder(path.dirname(target)), ".new-"));
  await copyOut(container, `${beta.path}/${aside}`, folder);
  fs.renameSync(path.join(folder, "it"), target);
  fs.rmdirSync(folder);
  await runInside(container, { command: ["rm", "-rf", "--", aside], ...place });
  return true;
}

function takeFromLaptop(file: string, target: string): boolean {
  if (!factsOf(file)) return false;
  makeFolder(path.dirname(target));
  try {
    fs.renameSync(file, target);
  } catch (error) {
    if (codeOf(error) !== "EXDEV") throw error;
    fs.cpSync(file, target, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    fs.rmSync(file, { recursive: true });
  }
  return true;
}

function makeFolder(folder: string): string {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
