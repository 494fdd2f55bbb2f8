import * as fs from "node:fs";
import type { Duplex } from "node:stream";
import { startExec } from "../../exec/start-exec";
import { causeOf, END_SIGNALS } from "../../failure";
import { openSession, type Session } from "../../session";
import type { SettingFlags } from "../../settings";
import { remoteNames } from "../names";
import { keepInContainer } from "../remote/remote-trash";
import { decideConflicts } from "../conflicts/decide";
import { mutagenOf } from "../sync-session";
import { pruneTrash } from "../trash/prune";
import { Guard } from "./guard";
import { BEAT_MS, guardLog, takePlace } from "./process";
import { tellTerminal } from "./terminal";

export interface GuardFlags extends SettingFlags {
  terminal?: string;
}

const LARGEST_LOG_BYTES = 1024 * 1024;
const PRUNE_EVERY_MS = 60 * 60_000;

/** `berth sync guard`: what `ensureSync` starts in the background. */
export async function guardCommand(flags: GuardFlags): Promise<void> {
  const first = await openSession(flags);
  const { home, devId } = first;
  const log = (text: string): void => {
    shorten(guardLog(home, devId));
    process.stderr.write(`${new Date().toISOString()} ${text}\n`);
  };
  const hasPlace = takePlace(home, devId, flags.terminal);
  // The certificate may have been renewed since, and is when it is due.
  const session = (): Promise<Session> => openSession(flags);
  const guard = new Guard({
    ...{ home, devId, log, mutagen: mutagenOf(first) },
    openStream: async (command) => watchStream(await session(), command),
    tell: (text) => {
      log(text);
      tellTerminal(flags.terminal, text);
    },
    keepRemotely: async (app, batch) => keepInContainer(await session(), app, batch),
    decideForLaptop: async (app, one) => {
      const decided = await decideConflicts(await session(), { app, session: one, keep: "mine" });
      const { length: lost } = decided.filter((each) => each.lost !== undefined);
      if (lost > 0) log(`${app}: ${lost} conflicts decided for the laptop`);
      return lost;
    },
  });
  const prune = (): void => {
    try {
      pruneTrash(home);
    } catch (error) {
      log(`the trash could not be cleared: ${causeOf(error)}`);
    }
  };
  const pruning = setInterval(prune, PRUNE_EVERY_MS);
  const beat = setInterval(() => hasPlace() || guard.stop(), BEAT_MS);
  for (const signal of END_SIGNALS) process.on(signal, () => guard.stop());
  log(`watching over the syncs of ${devId} (process ${process.pid})`);
  prune();
  try {
    await guard.run();
  } finally {
    clearInterval(beat);
    clearInterval(pruning);
  }
  log("ended");
  // A stream to a gateway that is out of reach would hold the process for minutes.
  process.exit(0);
}

async function watchStream(session: Session, command: string[]): Promise<Duplex> {
  const { prefix } = await session.server();
  const container = session.engine.getContainer(remoteNames(prefix, session.devId).container);
  return (await startExec(container, { command, terminal: true })).stream;
}

function shorten(file: string): void {
  if ((fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_LOG_BYTES) fs.truncateSync(file);
}
