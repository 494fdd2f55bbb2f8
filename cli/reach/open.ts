import { printFact, type OutputOptions } from "../output";
import { urlOf } from "../run/route";
import { openSession } from "../session";
import { runningContainer } from "../exec/target";
import type { SettingFlags } from "../settings";
import { openInBrowser } from "./browser";
import { openForward } from "./forward";
import { isReachable } from "./reachable";

export type OpenFlags = SettingFlags & OutputOptions;

/** `berth open` */
export async function openCommand(app: string, flags: OpenFlags): Promise<void> {
  const session = await openSession(flags);
  const direct = urlOf(await session.server(), app);
  if (await isReachable(direct)) {
    await runningContainer(session, app);
    const opened = await openInBrowser(direct);
    printFact(flags, { app, url: direct, tunnel: false, opened }, `${app} is at ${direct}`);
    return;
  }
  const forward = await openForward(session, app, undefined);
  const opened = await openInBrowser(forward.url);
  const text = `${direct} cannot be reached from here, so ${app} is at ${forward.url} until Ctrl-C`;
  printFact(flags, { app, url: forward.url, tunnel: true, opened }, text);
  await forward.untilEnded();
}
