import type { LocalApp } from "../app/find-app";
import type { Session } from "../session";
import { ensureSync } from "./ensure";
import { clearAlert } from "./guard/alert";
import { sessionName } from "./names";
import { mutagenOf } from "./sync-session";
import { batchesIn, chosenBatches, putBack } from "./trash/batches";
import { trashPlaces } from "./trash/places";

export interface RestoreResult {
  app: string;
  /** Files that are back, from the tree's root. */
  restored: string[];
  /** Of the trash. */
  from: string[];
}

/**
 * Brings files back from the trash, and has both sides have them. The session is made anew: the old one remembers that they were
 * deleted on one side, and would delete what is still there on the other.
 */
export async function restoreFromTrash(
  session: Session,
  app: LocalApp,
  from: string | undefined,
): Promise<RestoreResult> {
  const { home, devId } = session;
  const all = batchesIn(trashPlaces(home, devId, app.name).trash);
  const mutagen = mutagenOf(session);
  await mutagen.startDaemon();
  const old = await mutagen.find(sessionName(devId, app.name));
  const batches = all.length === 0 && old?.paused ? [] : chosenBatches(all, from);
  if (old) await mutagen.terminate(old.name);
  const restored = putBack(batches, app.contextFolder);
  clearAlert(home, devId, app.name);
  await ensureSync(session, app);
  return { app: app.name, restored, from: batches.map(({ name }) => name) };
}
