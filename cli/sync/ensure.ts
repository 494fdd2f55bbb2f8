import * as path from "node:path";
import { findOnPath, isExecutable } from "../../scripts/toolchain-parts/files";
import type { LocalApp } from "../app/find-app";
import { Failure } from "../failure";
import { privateFolder, writePrivate } from "../files";
import { installMutagen, mutagenProgram } from "../mutagen/install";
import { isHalted, isWatching, type MutagenSession } from "../mutagen/session";
import type { Mutagen } from "../mutagen/mutagen";
import { note as tell } from "../output";
import type { Session } from "../session";
import { alertText, readAlert } from "./guard/alert";
import { noteDifferences } from "./differences";
import { ensureGuard } from "./guard/process";
import { remoteNames, type RemoteNames } from "./names";
import { ensureSourceVolume, type SourceVolume } from "./remote/source-volume";
import { ensureSyncContainer } from "./remote/sync-container";
import { seedVolume } from "./seed";
import { stateOf } from "./states";
import { mutagenOf, SESSION_LABEL, wantedSession, type WantedSession } from "./sync-session";
import { halted, untilWatching } from "./wait";

export interface EnsureOptions {
  /** Told what takes its time. Default: standard error. */
  note?: (text: string) => void;
}

/** An app's source is on both sides, and edits go over. */
export interface ReadySync {
  app: string;
  /** Mutagen's name of it. */
  session: string;
  /** Physical name of the volume with the sources. */
  volume: string;
  /** How it came to be ready. */
  state: "running" | "resumed" | "created";
  conflicts: number;
  /** Files that cannot be synchronised, on either side. */
  problems: number;
  milliseconds: number;
}

/**
 * Makes an app's sync run: volume, sync container, Mutagen and its session, each only where it is missing; returns when everything
 * that was there is on both sides.
 * @throws Failure naming what is wrong and, where one helps, `berth sync reset <app>`.
 */
export async function ensureSync(
  session: Session,
  app: LocalApp,
  { note = tell }: EnsureOptions = {},
): Promise<ReadySync> {
  const startedMs = performance.now();
  const { engine, home, devId } = session;
  await toolsPresent(home, note);
  const { prefix, images } = await session.server();
  if (images.sync === "") {
    throw new Failure("the shared host has no sync image: its operator runs `make up` again");
  }
  const alert = readAlert(home, devId, app.name);
  if (alert) throw new Failure(alertText(alert));
  const names = remoteNames(prefix, devId);
  const volume = await ensureSourceVolume(engine, names, app.name, app.manifest.user);
  const mutagen = mutagenOf(session);
  const [wasStarted] = await Promise.all([
    ensureSyncContainer({ engine, names, image: images.sync, program: mutagen.program, home, volume }),
    mutagen.startDaemon(),
  ]);
  const wanted = wantedSession(session, app, names, volume);
  const state = await ensureSession(session, app, { names, volume, mutagen, wanted, wasStarted });
  ensureGuard(session);
  const watching = await untilWatching(mutagen, wanted.name, app.name);
  noteDifferences(app.name, watching, note);
  const { conflicts, problems } = stateOf(app.name, watching);
  return {
    ...{ app: app.name, session: wanted.name, volume: volume.name, state },
    conflicts,
    problems,
    milliseconds: Math.round(performance.now() - startedMs),
  };
}

interface Parts {
  names: RemoteNames;
  volume: SourceVolume & { isNew: boolean };
  mutagen: Mutagen;
  wanted: WantedSession;
  /** Whether the container is another process than the sessions knew. */
  wasStarted: boolean;
}

async function ensureSession(
  session: Session,
  app: LocalApp,
  { names, volume, mutagen, wanted, wasStarted }: Parts,
): Promise<ReadySync["state"]> {
  const all = await mutagen.list();
  // They would look for their container only after 15 s.
  const others = all.filter(
    ({ name, paused, status }) => name !== wanted.name && !paused && !status.startsWith("halted"),
  );
  if (wasStarted) await mutagen.resume(...others.map(({ name }) => name));
  const there = all.find(({ name }) => name === wanted.name);
  if (there && isHalted(there)) throw halted(app.name, there);
  if (there?.labels?.[SESSION_LABEL.hash] === wanted.hash) {
    if (isWatching(there) && !wasStarted) return "running";
    await mutagen.resume(wanted.name);
    return "resumed";
  }
  if (there) await ended(mutagen, there, wanted);
  if (!there && volume.isNew) {
    const container = session.engine.getContainer(names.container);
    await seedVolume({ container, volume, folder: app.contextFolder, ignores: wanted.ignores });
  }
  privateFolder(path.dirname(wanted.configurationFile));
  writePrivate(wanted.configurationFile, wanted.configuration);
  await mutagen.create(wanted);
  return "created";
}

/**
 * Ends a session that another is to follow. What it had not yet brought over is brought over first where its place is still there:
 * the next one knows no past, and a file that was deleted meanwhile would come back.
 */
async function ended(mutagen: Mutagen, old: MutagenSession, wanted: WantedSession): Promise<void> {
  if (wanted.beta.endsWith(old.beta.path)) {
    await mutagen.resume(old.name);
    await mutagen.flush(old.name);
  }
  await mutagen.terminate(old.name);
}

/** Mutagen, and the command by which it reaches the gateway. */
async function toolsPresent(home: string, note: (text: string) => void): Promise<void> {
  if (!isExecutable(mutagenProgram(home))) await installMutagen(home, note);
  if (findOnPath("docker", process.env) ?? findOnPath("docker.exe", process.env)) return;
  throw new Failure(
    "there is no docker command on this laptop, by which files reach the shared host: install Docker's command line (no engine is needed) and put it on PATH",
  );
}
