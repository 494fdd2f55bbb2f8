import { setTimeout as sleep } from "node:timers/promises";
import { runProcesses, type RunProcess } from "../lib/run-processes";

/** Plugins notice at once that their engine is gone, and give what is under way ten seconds to tidy up. */
const BY_ITSELF_MS = 12_000;
/** An engine that still runs ends what it has begun, and saves the state. */
const ASKED_MS = 60_000;
const KILLED_MS = 5_000;
const POLL_MS = 100;

/**
 * Returns once nothing that these runs on this stack started is alive. Waits for what ends by itself, then asks, then kills.
 * @returns what had to be asked or killed.
 * @throws Error naming what cannot be ended.
 */
export async function endLeftovers(
  stack: string,
  of: { id: string } | { except: string },
  onWait: (left: RunProcess[]) => void,
): Promise<RunProcess[]> {
  const left = (): RunProcess[] => runProcesses(stack, of);
  const first = left();
  if (first.length > 0) onWait(first);
  const ended = async (withinMs: number): Promise<boolean> => {
    for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(POLL_MS))
      if (left().length === 0) return true;
    return left().length === 0;
  };
  if (first.length === 0 || (await ended(BY_ITSELF_MS))) return [];
  const asked = left();
  signal(asked, "SIGINT");
  if (await ended(ASKED_MS)) return asked;
  signal(left(), "SIGKILL");
  if (await ended(KILLED_MS)) return asked;
  const names = left().map(({ pid, command }) => `${pid} (${command.slice(0, 60)})`);
  throw new Error(`processes of an earlier run cannot be ended: ${names.join(", ")}`);
}

function signal(processes: RunProcess[], name: NodeJS.Signals): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
