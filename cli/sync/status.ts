import * as fs from "node:fs";
import * as path from "node:path";
import type { MutagenProblem, MutagenSession } from "../mutagen/session";
import type { Session } from "../session";
import { alertText, readAlert } from "./guard/alert";
import { isGuardRunning } from "./guard/process";
import { ignoredBy } from "./ignored";
import { runningSessions, stateOf, type SyncState } from "./states";
import { mutagenOf } from "./sync-session";

/** One app's sync with all that can be said about it. */
export interface SyncStatus extends SyncState {
  laptop: string;
  container: string;
  /** Why it was paused by itself; null where it was not. */
  alert: string | null;
  /** Per file: why it is not synchronised, and on which side. */
  problemList: { path: string; side: "laptop" | "container"; error: string }[];
  /** Names that are one name where case does not count, as on macOS and Windows: a colleague there gets only one of them. */
  caseClashes: string[][];
}

export interface SyncOverview {
  guard: boolean;
  apps: SyncStatus[];
}

/** @param only one app; all otherwise. */
export async function syncOverview(session: Session, only?: string): Promise<SyncOverview> {
  const { home, devId } = session;
  const running = await runningSessions(mutagenOf(session), devId);
  return {
    guard: isGuardRunning(home, devId),
    apps: running
      .filter(({ app }) => only === undefined || app === only)
      .map(({ app, session: one }) => statusOf(home, devId, app, one)),
  };
}

function statusOf(home: string, devId: string, app: string, session: MutagenSession): SyncStatus {
  const { alpha, beta } = session;
  const alert = readAlert(home, devId, app);
  return {
    ...stateOf(app, session),
    ...{ laptop: alpha.path, container: `${beta.host}:${beta.path}` },
    alert: alert ? alertText(alert) : null,
    problemList: [
      ...problems("laptop", alpha.scanProblems, alpha.transitionProblems),
      ...problems("container", beta.scanProblems, beta.transitionProblems),
    ],
    caseClashes: caseClashes(alpha.path, ignoredBy(session.ignore.paths)),
  };
}

function problems(
  side: "laptop" | "container",
  ...lists: (MutagenProblem[] | null | undefined)[]
): SyncStatus["problemList"] {
  return lists.flatMap((list) => (list ?? []).map(({ path: file, error }) => ({ path: file, side, error })));
}

/** Names of one folder that differ only by case. */
export function caseClashes(root: string, ignored: (name: string) => boolean, folder = ""): string[][] {
  const at = path.join(root, folder);
  if (!fs.existsSync(at)) return [];
  const bySmall = new Map<string, string[]>();
  const below: string[] = [];
  for (const entry of fs.readdirSync(at, { withFileTypes: true })) {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (ignored(name)) continue;
    const small = entry.name.normalize("NFC").toLowerCase();
    bySmall.set(small, [...(bySmall.get(small) ?? []), name]);
    if (entry.isDirectory()) below.push(name);
  }
  const here = [...bySmall.values()].filter((names) => names.length > 1);
  return [...here, ...below.flatMap((name) => caseClashes(root, ignored, name))];
}
