import * as fs from "node:fs";
import * as path from "node:path";
import type { LocalApp } from "../app/find-app";
import { isAbsent, isConflict } from "../engine/failure";
import { Failure } from "../failure";
import type { MutagenSession } from "../mutagen/session";
import type { Session } from "../session";
import { ignoresOf } from "./configuration";
import { ensureSync, type ReadySync } from "./ensure";
import { clearAlert } from "./guard/alert";
import { ignoredBy } from "./ignored";
import { remoteNames, sessionName, sourceFolder } from "./names";
import { copyOut } from "./remote/inside";
import { sourceVolumes } from "./remote/source-volume";
import { removeSyncContainer } from "./remote/sync-container";
import { mutagenOf } from "./sync-session";
import { batchName, trashPlaces } from "./trash/places";

export interface ResetResult extends ReadySync {
  /** Holds `laptop` and `container`, as both sides were. */
  saved: string;
}

/**
 * Saves both sides into the trash, then begins an app's sync anew. A session without a past deletes nothing: what one side misses is
 * copied from the other, and what differs is a conflict with both versions.
 * @throws Failure, before anything is ended, where a side cannot be saved.
 */
export async function resetSync(session: Session, app: LocalApp): Promise<ResetResult> {
  const { home, devId, engine } = session;
  const mutagen = mutagenOf(session);
  await mutagen.startDaemon();
  const old = await mutagen.find(sessionName(devId, app.name));
  // Nothing moves while it is saved.
  if (old && !old.paused) await mutagen.pause(old.name);
  const saved = path.join(trashPlaces(home, devId, app.name).trash, `${batchName()}-reset`);
  saveLaptop(app, path.join(saved, "laptop"));
  await saveContainer(session, app, path.join(saved, "container"));
  if (old) await mutagen.terminate(old.name);
  clearAlert(home, devId, app.name);
  const { prefix } = await session.server();
  const names = remoteNames(prefix, devId);
  const volume = (await sourceVolumes(engine, names)).find((one) => one.app === app.name);
  if (volume && volume.user !== app.manifest.user) {
    await removeSyncContainer(engine, names);
    await removeVolume(session, app.name, volume.name);
  }
  return { ...(await ensureSync(session, app)), saved };
}

/** Copies an app's tree, without what is not synchronised. */
export function saveLaptop(app: LocalApp, target: string): void {
  const ignored = ignoredBy(ignoresOf(app));
  fs.mkdirSync(target, { recursive: true, mode: 0o700 });
  fs.cpSync(app.contextFolder, target, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    mode: fs.constants.COPYFILE_FICLONE,
    filter: (file) => {
      const name = path.relative(app.contextFolder, file).split(path.sep).join("/");
      return name === "" || !ignored(name);
    },
  });
}

async function saveContainer(session: Session, app: LocalApp, target: string): Promise<void> {
  const { engine, devId } = session;
  const { prefix } = await session.server();
  const names = remoteNames(prefix, devId);
  const volume = (await sourceVolumes(engine, names)).find((one) => one.app === app.name);
  fs.mkdirSync(target, { recursive: true, mode: 0o700 });
  if (!volume) return;
  const ignored = ignoredBy(ignoresOf(app));
  const container = engine.getContainer(names.container);
  await copyOut(
    container,
    sourceFolder(app.name, volume.id),
    target,
    (name) => !ignoredWithin(ignored, name),
  );
}

function ignoredWithin(ignored: (name: string) => boolean, name: string): boolean {
  return name.split("/").some((_part, index, parts) => ignored(parts.slice(0, index + 1).join("/")));
}

async function removeVolume({ engine }: Session, app: string, name: string): Promise<void> {
  try {
    await engine.getVolume(name).remove();
  } catch (error) {
    if (isAbsent(error)) return;
    if (!isConflict(error)) throw error;
    throw new Failure(
      `the volume ${name} is in use: remove the app's container with \`berth down-app ${app}\`, and run \`berth sync reset ${app}\` again. Both sides are saved`,
      undefined,
      { cause: error },
    );
  }
}

/** For commands that are about a session that must be there. @throws Failure. */
export async function existingSession(session: Session, app: string): Promise<MutagenSession> {
  const found = await mutagenOf(session).find(sessionName(session.devId, app));
  if (found) return found;
  throw new Failure(`${app} is not synchronised: \`berth sync resume ${app}\` begins it`);
}
