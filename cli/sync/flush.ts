import { Failure } from "../failure";
import type { Session } from "../session";
import { sessionName } from "./names";
import { mutagenOf } from "./sync-session";

/**
 * Waits until what was saved before the call is on the other side.
 * @throws Failure where the app's sync does not run.
 */
export async function flushSync(session: Session, app: string): Promise<void> {
  const mutagen = mutagenOf(session);
  const name = sessionName(session.devId, app);
  if (!(await mutagen.find(name))) {
    throw new Failure(`${app} is not synchronised: \`berth run ${app} --reload\` begins it`);
  }
  await mutagen.flush(name);
}
