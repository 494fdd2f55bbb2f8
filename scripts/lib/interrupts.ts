import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const children = new Set<ChildProcess>();
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
