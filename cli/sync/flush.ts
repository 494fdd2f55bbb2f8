import { Failure } from "../failure";
import type { MutagenSession } from "../mutagen/session";
import type { Session } from "../session";
import { sessionName } from "./names";
import { mutagenOf } from "./sync-session";
import { endedMeanwhile } from "./wait";

/**
 * Waits until what was saved before the call is on the other side, but for what is in conflict.
 * @returns the session as it is then.
 * @throws Failure where the app's sync does not run.
 */
export async function flushSync(session: Session, app: string): Promise<MutagenSession> {
  const mutagen = mutagenOf(session);
  const name = sessionName(session.devId, app);
  await mutagen.flush(name).catch(async (error: unknown) => {
    throw notRunning(app, await mutagen.find(name)) ?? error;
  });
  const flushed = await mutagen.find(name);
  if (!flushed) throw endedMeanwhile(app);
  return flushed;
}

function notRunning(app: string, found: MutagenSession | undefined): Failure | undefined {
  if (!found) return new Failure(`${app} is not synchronised: \`berth run ${app} --reload\` begins it`);
  if (!found.paused) return undefined;
  return new Failure(
    `the sync of ${app} is paused: look at \`berth sync status ${app}\`, and \`berth sync resume ${app}\` goes on`,
  );
}
