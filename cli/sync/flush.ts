import { Failure } from "../failure";
import type { MutagenSession } from "../mutagen/session";
import type { Session } from "../session";
import { sessionName } from "./names";
import { mutagenOf } from "./sync-session";

/**
 * Waits until what was saved before the call is on the other side, but for what is in conflict.
 * @returns the session as it is then.
 * @throws Failure where the app's sync does not run.
 */
export async function flushSync(session: Session, app: string): Promise<MutagenSession> {
  const mutagen = mutagenOf(session);
  const name = sessionName(session.devId, app);
  const found = await mutagen.find(name);
  if (!found) throw new Failure(`${app} is not synchronised: \`berth run ${app} --reload\` begins it`);
  if (found.paused) {
    throw new Failure(
      `the sync of ${app} is paused: look at \`berth sync status ${app}\`, and \`berth sync resume ${app}\` goes on`,
    );
  }
  await mutagen.flush(name);
  const flushed = await mutagen.find(name);
  if (!flushed) throw new Failure(`the sync of ${app} was ended by another command: run this again`);
  return flushed;
}
