import { printFact } from "../output";
import { openInBrowser } from "../reach/browser";
import { openForward } from "../reach/forward";
import { isReachable } from "../reach/reachable";
import { urlOf } from "../run/route";
import { openSession } from "../session";
import { runningWorkspace } from "./local/find";
import type { WorkspaceFlags } from "./place";

/** `berth workspace open`: its editor in the browser, through a tunnel where the proxy cannot be reached from here. */
export async function openCommand(name: string, flags: WorkspaceFlags): Promise<void> {
  if (flags.on !== "local") return openElsewhere(name, flags);
  const session = await openSession(flags);
  const server = await session.server();
  await runningWorkspace(session, name);
  const direct = urlOf(server, name);
  if (await isReachable(direct)) {
    const opened = await openInBrowser(direct);
    printFact(flags, { workspace: name, url: direct, tunnel: false, opened }, `${name} is at ${direct}`);
    return;
  }
  const forward = await openForward(session, name, undefined);
  const opened = await openInBrowser(forward.url);
  const text = `${direct} cannot be reached from here, so ${name} is at ${forward.url} until Ctrl-C`;
  printFact(flags, { workspace: name, url: forward.url, tunnel: true, opened }, text);
  await forward.untilEnded();
}

async function openElsewhere(name: string, flags: WorkspaceFlags): Promise<void> {
  const { drivenUrl } = await import("./driven/driven-place.js");
  const url = await drivenUrl(name, flags);
  const opened = await openInBrowser(url);
  printFact(flags, { workspace: name, url, tunnel: false, opened }, `${name} is at ${url}`);
}
