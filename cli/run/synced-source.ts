import { setTimeout as sleep } from "node:timers/promises";
import type { LocalApp } from "../app/find-app";
import { isAbsent } from "../engine/failure";
import { causeOf, Failure } from "../failure";
import { ensureSync, type ReadySync } from "../sync/ensure";
import { isWatching } from "../mutagen/session";
import type { Session } from "../session";
import { sessionName } from "../sync/names";
import { mutagenOf } from "../sync/sync-session";
import { stopApp } from "./stop-app";

/**
 * Brings an app's source to the host and keeps it in step. Where that fails, the app is stopped: it would go on with source that is not
 * what its developer sees.
 * @param untilSettled resolves when nobody starts the app any more.
 * @throws Failure that says why, what became of the container, and how to go on.
 */
export async function syncedSource(
  session: Session,
  app: LocalApp,
  untilSettled: () => Promise<void>,
): Promise<ReadySync> {
  try {
    return await whileOthersJoin(() => ensureSync(session, app));
  } catch (error) {
    await untilSettled();
    const isStopped = await stopApp(session, app.name).catch((stopError: unknown) => {
      // Nothing to stop; or out of reach, of which the sync's own error tells already.
      if (isAbsent(stopError) || stopError instanceof Failure) return false;
      throw stopError;
    });
    const state = isStopped ? "Its container is stopped. " : "";
    throw new Failure(
      `the source of app '${app.name}' cannot be synchronised: ${causeOf(error)}\n${state}If it stays so, \`berth sync reset ${app.name}\` begins anew; it keeps a copy of both sides first`,
      error instanceof Failure ? error.exitCode : undefined,
      { cause: error },
    );
  }
}

/** Whether an app's edits go over at this moment, as far as this laptop knows; asks nobody else. */
export async function isSynced(session: Session, app: LocalApp): Promise<boolean> {
  try {
    const found = await mutagenOf(session).find(sessionName(session.devId, app.name));
    return found !== undefined && isWatching(found);
  } catch (error) {
    // Whatever is wrong, the sync itself tells.
    if (error instanceof Failure) return false;
    throw error;
  }
}

/** What Mutagen says when its container went away under it. */
const CONTAINER_GONE = /unable to (connect|dial|probe)|not running|no such container/i;
const TRIES = 4;
const PAUSE_MS = 500;

/** The sync container is made anew when another app's volume joins it, which another command may do at any moment. */
async function whileOthersJoin<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 1 || !CONTAINER_GONE.test(causeOf(error))) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
