import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import type { MutagenSession } from "../../mutagen/session";
import type { Session } from "../../session";
import { remoteNames } from "../names";
import { copyOut, runInside } from "../remote/inside";
import { codeOf, factsOf } from "../trash/keep-file";
import { batchName, trashPlaces } from "../trash/places";
import { concerns, digestAt } from "./files";

/** Whose version stays: the laptop's, or the container's. */
export type Keep = "mine" | "theirs";

export interface Decision {
  app: string;
  /** Whose conflicts are decided. */
  session: MutagenSession;
  keep: Keep;
  /** Only what is at, below or above this path. Default: all. */
  path?: string;
}

/** A path whose other version went into the trash. */
export interface Decided {
  path: string;
  /** Where the version that lost is now; undefined where it was a deletion. */
  lost: string | undefined;
  /** It is not what the conflict was about any more, and stays. */
  changed: boolean;
}

/**
 * Decides conflicts: the version that loses is moved into the trash of this laptop, and Mutagen then brings the other one over what is
 * not there any more. At no moment is a version nowhere. What was decided already, and is the same on both sides by now, would be taken for
 * deleted: a file is moved only where its content is still the one in conflict.
 */
export async function decideConflicts(session: Session, decision: Decision): Promise<Decided[]> {
  const { app, session: one, keep, path: only } = decision;
  const { trash } = trashPlaces(session.home, session.devId, app);
  const batch = path.join(trash, `${batchName()}-conflict`);
  const { prefix } = await session.server();
  const container = session.engine.getContainer(remoteNames(prefix, session.devId).container);
  const losers = new Map<string, Loser>();
  for (const conflict of one.conflicts ?? []) {
    if (only !== undefined && !concerns(conflict, only)) continue;
    const at = only !== undefined && only.length > conflict.root.length ? only : conflict.root;
    const changes = keep === "mine" ? conflict.betaChanges : conflict.alphaChanges;
    losers.set(at, { at, target: path.join(batch, at), digest: digestAt(changes, at) });
  }
  const decided: Decided[] = [];
  for (const loser of losers.values()) {
    const outcome =
      keep === "mine" ? await takeFromContainer(container, one, loser) : await takeFromLaptop(one, loser);
    const lost = outcome === "moved" ? loser.target : undefined;
    decided.push({ path: loser.at, lost, changed: outcome === "changed" });
  }
  return decided;
}

interface Loser {
  /** From the root of the tree. */
  at: string;
  /** Its place in the trash. */
  target: string;
  /** Of the file that is in conflict. */
  digest: string | undefined;
}

type Outcome = "moved" | "absent" | "changed";

const TAKE = `
[ -e "$1" ] || [ -L "$1" ] || { echo absent; exit; }
[ -z "$3" ] || [ "$(sha1sum < "$1" | cut -c 1-40)" = "$3" ] || { echo changed; exit; }
mkdir -p "$2" && mv -T -- "$1" "$2/it" && echo moved`;

/** Moved aside within its volume in one step, where sync does not look; what is copied is exactly what was taken. */
async function takeFromContainer(
  container: Docker.Container,
  { beta }: MutagenSession,
  { at, target, digest = "" }: Loser,
): Promise<Outcome> {
  const aside = `.berth/lost-${randomBytes(4).toString("hex")}`;
  const place = { folder: beta.path, user: beta.user ?? "" };
  const take = ["sh", "-c", TAKE, "sh", `./${at}`, aside, digest];
  const said = (await runInside(container, { command: take, ...place })).trim();
  if (said !== "moved") return said === "changed" ? "changed" : "absent";
  const folder = fs.mkdtempSync(path.join(makeFolder(path.dirname(target)), ".new-"));
  await copyOut(container, `${beta.path}/${aside}`, folder);
  fs.renameSync(path.join(folder, "it"), target);
  fs.rmdirSync(folder);
  await runInside(container, { command: ["rm", "-rf", "--", aside], ...place });
  return "moved";
}

async function takeFromLaptop({ alpha }: MutagenSession, { at, target, digest }: Loser): Promise<Outcome> {
  const file = path.join(alpha.path, at);
  const facts = factsOf(file);
  if (!facts) return "absent";
  if (digest !== undefined && !(facts.isFile() && (await digestOf(file)) === digest)) return "changed";
  makeFolder(path.dirname(target));
  try {
    fs.renameSync(file, target);
  } catch (error) {
    if (codeOf(error) !== "EXDEV") throw error;
    fs.cpSync(file, target, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    fs.rmSync(file, { recursive: true });
  }
  return "moved";
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha1");
  await pipeline(fs.createReadStream(file), hash);
  return hash.digest("hex");
}

function makeFolder(folder: string): string {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
