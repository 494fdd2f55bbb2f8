import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { log } from "../shared/log";

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 15_000;
/** An engine that restarted under running containers has a new socket, which a container sees only after a restart of its own. */
const GIVE_UP_MS = 30_000;
/** An `up` starts and stops many containers at once: events this close together cost one comparison. */
const GATHER_MS = 50;

/**
 * When part of the work failed for one stack, the rest is served meanwhile and that part tried again this soon. After events all is compared
 * a second time, too: the engine tells of a container's end before it has taken it off its network, and lists it as running until then.
 */
const AGAIN_MS = 2_000;

/**
 * Compares and repairs once.
 * @returns whether all is as it should be; false asks to be called again soon.
 */
export type Synchronise = () => Promise<boolean>;

/**
 * Calls `synchronise` after every (re)connection to the engine's events, twice after each event that can change a route, and every
 * `resyncSeconds`, until the signal aborts. Each error is logged, and tried again with growing pauses.
 * @throws Error when nothing has succeeded for half a minute, so that the engine starts the container anew.
 */
export async function follow(
  docker: Docker,
  synchronise: Synchronise,
  resyncSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  let failingSinceMs: number | undefined;
  while (!signal.aborted) {
    try {
      await followOneConnection(docker, resyncSeconds, signal, async () => {
        const settled = await synchronise();
        retryMs = FIRST_RETRY_MS;
        failingSinceMs = undefined;
        return settled;
      });
    } catch (error) {
      if (signal.aborted) return;
      failingSinceMs ??= performance.now();
      if (performance.now() - failingSinceMs > GIVE_UP_MS) {
        throw new Error(`giving up until the next start, after ${GIVE_UP_MS / 1000} s: ${String(error)}`, {
          cause: error,
        });
      }
      log("error", "comparing routes with containers failed", { error: String(error), retryMs });
      await pause(retryMs, signal);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
  }
}

async function followOneConnection(
  docker: Docker,
  resyncSeconds: number,
  signal: AbortSignal,
  synchronise: Synchronise,
): Promise<void> {
  const events = await docker.getEvents({
    abortSignal: signal,
    filters: {
      type: ["container", "network"],
      event: ["start", "die", "destroy", "rename", "connect", "disconnect"],
    },
  });
  let wake = (): void => undefined;
  let pending = true;
  let ended: Error | undefined;
  events.on("data", () => {
    pending = true;
    wake();
  });
  const end = (error?: Error): void => {
    ended ??= error ?? new Error("the engine closed its event stream");
    wake();
  };
  const stop = (): void => wake();
  signal.addEventListener("abort", stop, { once: true });
  events.on("error", end);
  events.on("end", () => end());
  events.on("close", () => end());
  try {
    while (!signal.aborted) {
      if (ended !== undefined) throw ended;
      const afterEvents = pending;
      if (afterEvents) await pause(GATHER_MS, signal);
      pending = false;
      const settled = (await synchronise()) && !afterEvents;
      if (!pending && ended === undefined && !signal.aborted) {
        // Not AbortSignal.any: after a garbage collection its signal missed the abort (seen with Node 20.19; nodejs/node#65995 for newer ones).
        const nap = new AbortController();
        wake = () => nap.abort();
        await pause(settled ? resyncSeconds * 1000 : AGAIN_MS, nap.signal);
      }
    }
  } finally {
    signal.removeEventListener("abort", stop);
    (events as NodeJS.ReadableStream & { destroy(): void }).destroy();
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    // An abort is how the service is told to stop, not a failure.
    if (!signal.aborted) throw error;
  }
}
