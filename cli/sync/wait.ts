import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure";
import type { Mutagen } from "../mutagen/mutagen";
import { isHalted, isWatching, type MutagenSession } from "../mutagen/session";

/** A large first copy may take as long as it needs, while it goes on. */
const WITHOUT_PROGRESS_MS = 60_000;
const FIRST_PAUSE_MS = 40;
const LONGEST_PAUSE_MS = 300;

/**
 * Waits until a session has both its ends and everything that was there is on both sides.
 * @throws Failure where it stops by itself, or nothing goes on any more.
 */
export async function untilWatching(mutagen: Mutagen, name: string, app: string): Promise<MutagenSession> {
  let last = "";
  let sinceMs = Date.now();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const session = await mutagen.find(name);
    if (!session) throw endedMeanwhile(app);
    if (isHalted(session)) throw halted(app, session);
    if (session.paused) {
      throw new Failure(`the sync of ${app} was paused meanwhile: \`berth sync status ${app}\` says why`);
    }
    if (isWatching(session)) return session;
    const now = progressOf(session);
    if (now !== last) [last, sinceMs] = [now, Date.now()];
    if (Date.now() - sinceMs > WITHOUT_PROGRESS_MS) {
      const why = session.lastError || `it stays at '${session.status}'`;
      throw new Failure(
        `the sync of ${app} does not get ready: ${why}. \`berth sync reset ${app}\` saves both sides and begins anew`,
      );
    }
    await sleep(pauseMs);
  }
}

export const endedMeanwhile = (app: string): Failure =>
  new Failure(`the sync session of ${app} was ended by another command: run this again`);

/** Why Mutagen stopped by itself, and what to do. */
export function halted(app: string, { status }: MutagenSession): Failure {
  const what = {
    "halted-on-root-emptied": "everything is gone on one side",
    "halted-on-root-deletion": "the folder itself is gone on one side",
    "halted-on-root-type-change": "the folder itself became something else on one side",
  }[status];
  return new Failure(
    `the sync of ${app} stopped before it deleted anything: ${what ?? status}. ` +
      `\`berth sync reset ${app}\` saves both sides, and then copies what is missing from the other`,
  );
}

function progressOf({ status, successfulCycles, beta, alpha }: MutagenSession): string {
  const staged = [alpha, beta].map(({ stagingProgress }) => stagingProgress?.totalReceivedSize ?? 0);
  return JSON.stringify([status, successfulCycles, staged, alpha.files, beta.files]);
}
