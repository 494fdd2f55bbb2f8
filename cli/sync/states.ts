import * as fs from "node:fs";
import type { Mutagen } from "../mutagen/mutagen";
import { isHalted, type MutagenEndpoint, type MutagenSession } from "../mutagen/session";
import type { Session } from "../session";
import { appOfSession } from "./names";
import { mutagenOf } from "./sync-session";

/** What an app's sync does. */
export type SyncStateName = "watching" | "working" | "connecting" | "paused" | "halted";

/** One app's sync, as lists show it. */
export interface SyncState {
  app: string;
  state: SyncStateName;
  /** Files that were changed on both sides, and wait for a decision. */
  conflicts: number;
  /** Files that cannot be synchronised. */
  problems: number;
  /** On this laptop. */
  files: number;
  bytes: number;
  /** Why it is not connected, where Mutagen said. */
  lastError: string;
}

/** Every app's sync on this laptop; none where Mutagen does not run. Starts nothing. */
export async function syncStates(session: Session): Promise<SyncState[]> {
  return (await runningSessions(mutagenOf(session), session.devId)).map(({ app, session: one }) =>
    stateOf(app, one),
  );
}

/** A developer's sessions with their apps; none where Mutagen does not run. */
export async function runningSessions(
  mutagen: Mutagen,
  devId: string,
): Promise<{ app: string; session: MutagenSession }[]> {
  if (!fs.existsSync(mutagen.program) || !(await mutagen.isRunning())) return [];
  return (await mutagen.list()).flatMap((session) => {
    const app = appOfSession(devId, session.name);
    return app === undefined ? [] : [{ app, session }];
  });
}

export function stateOf(app: string, session: MutagenSession): SyncState {
  const { alpha, beta, conflicts, excludedConflicts, lastError } = session;
  return {
    app,
    state: nameOf(session),
    conflicts: (conflicts?.length ?? 0) + excludedConflicts,
    problems: problemsOf(alpha) + problemsOf(beta),
    files: alpha.files,
    bytes: alpha.totalFileSize,
    lastError,
  };
}

function nameOf(session: MutagenSession): SyncStateName {
  if (session.paused) return "paused";
  if (isHalted(session)) return "halted";
  if (session.status === "watching") return "watching";
  return session.alpha.connected && session.beta.connected ? "working" : "connecting";
}

function problemsOf(side: MutagenEndpoint): number {
  return (
    (side.scanProblems?.length ?? 0) +
    (side.transitionProblems?.length ?? 0) +
    side.excludedScanProblems +
    side.excludedTransitionProblems
  );
}
