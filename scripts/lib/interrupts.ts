import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What is asked to end by SIGINT. */
const children = new Set<{ kill: (signal: "SIGINT") => unknown }>();
let received: (typeof SIGNALS)[number] | undefined;
let watching = false;

function exitBySignal(): void {
  if (received === undefined) return;
  process.stderr.write(`error: ended by ${received}; what is half done, the next command puts right\n`);
  process.exit(128 + constants.signals[received]);
}

/**
 * From now on a signal ends this process only after its commands: Pulumi gets SIGINT, its own way to be asked, on which it ends
 * what it has begun and saves the state. A second signal is passed on too, and Pulumi then stops at once.
 */
export function endAfterCommands(): void {
  if (watching) return;
  watching = true;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      received = signal;
      if (children.size === 0) exitBySignal();
      for (const child of children) child.kill("SIGINT");
    });
  }
}

/** Whether commands must be started in a group of their own, so that a terminal's Ctrl-C reaches them once and not twice. */
export function passesSignalsOn(): boolean {
  return watching;
}

/** Has signals passed on to a command until it ends. */
export function passSignalsTo(child: ChildProcess): void {
  children.add(child);
  const forget = (): void => {
    children.delete(child);
    if (children.size === 0) exitBySignal();
  };
  child.once("error", forget);
  child.once("close", forget);
}

/**
 * Runs an action whose commands somebody else starts (Pulumi's Automation API): its signal is aborted where this process is told to
 * end, and this process ends once the action has. A terminal's Ctrl-C reaches such commands by itself, too: start this process in a
 * group of its own.
 */
export async function interruptible<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const entry = { kill: () => controller.abort() };
  children.add(entry);
  try {
    return await action(controller.signal);
  } finally {
    children.delete(entry);
    if (children.size === 0) exitBySignal();
  }
}
