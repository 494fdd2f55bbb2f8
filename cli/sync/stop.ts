import { causeOf } from "../failure";
import { note } from "../output";
import type { Session } from "../session";
import { stopGuard } from "./guard/process";
import { runningSessions } from "./states";
import { mutagenOf } from "./sync-session";

/** Brings over what is under way, then pauses every session and ends Mutagen's daemon. Files stay on both sides. */
export async function stopAllSync(session: Session): Promise<{ stopped: string[] }> {
  const mutagen = mutagenOf(session);
  const running = (await runningSessions(mutagen, session.devId)).filter(({ session: one }) => !one.paused);
  await Promise.all(
    running.map(async ({ app, session: { name } }) => {
      await mutagen
        .flush(name)
        .catch((error: unknown) => note(`berth: ${app} could not be brought up to date: ${causeOf(error)}`));
      await mutagen.pause(name);
    }),
  );
  await stopGuard(session.home, session.devId);
  // Another developer id of this laptop may have syncs of its own.
  const isUsed = (await mutagen.isRunning()) && (await mutagen.list()).some(({ paused }) => !paused);
  if (!isUsed && (await mutagen.isRunning())) await mutagen.stopDaemon();
  return { stopped: running.map(({ app }) => app).sort() };
}
