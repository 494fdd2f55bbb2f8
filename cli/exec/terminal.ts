import { spawnSync } from "node:child_process";
import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import { setTimeout as sleep } from "node:timers/promises";
import { write } from "./demultiplex";
import type { StartedExec } from "./start-exec";

/** Whether somebody sits at this process's both ends. */
export function isTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/**
 * Makes this terminal that of a command: every key goes there as it is, its size follows, and what comes back is shown as it is. Gives the
 * terminal back at the end, also of the process.
 */
export async function attachTerminal({ exec, stream }: StartedExec): Promise<void> {
  const { stdin, stdout } = process;
  const giveBack = (): void => void stdin.setRawMode(false);
  const resize = (): void => void resized(exec, stdout);
  stdin.setRawMode(true);
  rawOutput();
  process.on("exit", giveBack);
  stdout.on("resize", resize);
  stdin.pipe(stream);
  void firstSize(exec, stdout);
  try {
    await show(stream);
  } finally {
    stdout.removeListener("resize", resize);
    process.removeListener("exit", giveBack);
    stdin.unpipe(stream);
    giveBack();
    stdin.destroy();
  }
}

/**
 * Node's raw mode leaves a carriage return before each line feed of ours, where full-screen programs mean the cursor one line down. What was
 * set before comes back with the mode's end.
 */
function rawOutput(): void {
  if (process.platform === "win32") return;
  spawnSync("stty", ["-opost"], { stdio: ["inherit", "ignore", "ignore"] });
}

async function show(stream: Duplex): Promise<void> {
  for await (const chunk of stream as AsyncIterable<Buffer>) await write(process.stdout, chunk);
}

/** False where the engine does not take it: the command has not begun, or has ended. */
async function resized(exec: Docker.Exec, { rows, columns }: NodeJS.WriteStream): Promise<boolean> {
  try {
    await exec.resize({ h: rows, w: columns });
    return true;
  } catch {
    return false;
  }
}

/** The engine takes a size only once the command runs, a moment after it said so. */
async function firstSize(exec: Docker.Exec, stdout: NodeJS.WriteStream): Promise<void> {
  for (let tries = 1; tries <= 10; tries += 1) {
    if (await resized(exec, stdout)) return;
    await sleep(20 * tries);
  }
}
