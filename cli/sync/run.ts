import { findApp } from "../app/find-app";
import { printFact, type OutputOptions } from "../output";
import { openSession } from "../session";
import type { SettingFlags } from "../settings";
import { ensureSync } from "./ensure";

export type SyncFlags = SettingFlags & OutputOptions;

/** `berth sync resume <app>` */
export async function resumeCommand(name: string, flags: SyncFlags): Promise<void> {
  const session = await openSession(flags);
  const ready = await ensureSync(session, findApp(session.settings, name));
  printFact(flags, ready, `${name} is synchronised (${ready.state}, ${ready.milliseconds} ms)`);
}
