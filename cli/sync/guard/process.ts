import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { version } from "../../../package.json";
import { privateFolder, readIfThere, writePrivate } from "../../files";
import type { Session } from "../../session";
import { ownTerminal } from "./terminal";

const ownerFile = z.object({
  id: z.string(),
  pid: z.number(),
  version: z.string(),
  terminal: z.string().optional(),
});

type Owner = z.output<typeof ownerFile>;

/** The file is touched so often. */
export const BEAT_MS = 2_000;
/** One that did not touch it for so long is gone, whoever has its process id now. */
const GONE_AFTER_MS = 15_000;

const fileOf = (home: string, devId: string): string => path.join(home, "sync", `guard-${devId}.json`);

export const guardLog = (home: string, devId: string): string =>
  path.join(home, "sync", `guard-${devId}.log`);

/** Starts the guard of this developer in the background where none runs. It ends by itself when nothing is synchronised any more. */
export function ensureGuard({ home, devId, settings }: Session): void {
  if (isGuardRunning(home, devId)) return;
  const [program = "", script = ""] = process.argv;
  const words = ["sync", "guard", "--home", home, "--dev-id", devId];
  if (settings.server.value !== undefined) words.push("--server", settings.server.value);
  const terminal = ownTerminal();
  if (terminal !== undefined) words.push("--terminal", terminal);
  privateFolder(path.join(home, "sync"));
  const log = fs.openSync(guardLog(home, devId), "a", 0o600);
  try {
    spawn(program, [script, ...words], { detached: true, stdio: ["ignore", log, log], cwd: home }).unref();
  } finally {
    fs.closeSync(log);
  }
}

export function isGuardRunning(home: string, devId: string): boolean {
  const owner = readOwner(home, devId);
  if (owner?.version !== version) return false;
  return isAlive(owner.pid) && Date.now() - fs.statSync(fileOf(home, devId)).mtimeMs < GONE_AFTER_MS;
}

/** Ends it, and waits until it is gone. */
export async function stopGuard(home: string, devId: string): Promise<void> {
  const owner = readOwner(home, devId);
  // Its beat says that the process id is still its own.
  if (!owner || !isGuardRunning(home, devId)) return;
  fs.rmSync(fileOf(home, devId), { force: true });
  const deadline = Date.now() + 2 * BEAT_MS + 1_000;
  while (isAlive(owner.pid) && Date.now() < deadline) await sleep(50);
}

/** Takes the place of the guard. @returns says whether this process has it still, and touches the file. */
export function takePlace(home: string, devId: string, terminal: string | undefined): () => boolean {
  const file = fileOf(home, devId);
  const own: Owner = { id: randomUUID(), pid: process.pid, version, ...(terminal && { terminal }) };
  writePrivate(file, JSON.stringify(own));
  return () => {
    if (readOwner(home, devId)?.id !== own.id) return false;
    fs.utimesSync(file, new Date(), new Date());
    return true;
  };
}

function readOwner(home: string, devId: string): Owner | undefined {
  const text = readIfThere(fileOf(home, devId));
  return text === undefined ? undefined : ownerFile.parse(JSON.parse(text));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
