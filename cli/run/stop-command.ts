import { note, printFact, type OutputOptions } from "../output";
import { openSession } from "../session";
import type { SettingFlags } from "../settings";
import { stopApp, type StopOptions } from "./stop-app";

export interface StopFlags extends SettingFlags, OutputOptions, StopOptions {}

/** `berth stop` and `berth down-app`: the source stays synchronised, the data stays where it is. */
export async function stopCommand(names: string[], flags: StopFlags): Promise<void> {
  const session = await openSession(flags);
  const done = flags.remove === true ? "removed" : "stopped";
  const apps = await Promise.all(
    names.map(async (app) => ({ app, [done]: await stopApp(session, app, flags) })),
  );
  const idle = apps.filter((one) => one[done] !== true).map(({ app }) => app);
  if (idle.length > 0) note(`berth: nothing to be ${done} of ${idle.join(", ")}`);
  printFact(
    flags,
    { apps },
    apps.map(({ app }) => `${app} ${idle.includes(app) ? "is not there" : done}`).join("\n"),
  );
}
