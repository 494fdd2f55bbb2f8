import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { log } from "./log";

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 15_000;
/** An `up` starts and stops many containers at once: events this close together cost one comparison. */
const GATHER_MS = 50;

/**
 * Calls `synchronise` after every (re)connection to the engine's events, after each event that can change a route, and every
 * `resyncSeconds`, until the signal aborts. Each error is logged, and tried again with growing pauses; it never throws.
 */
export async function follow(
  docker: Docker,
  synchronise: () => Promise<void>,
  resyncSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  while (!signal.aborted) {
    try {
      await followOneConnection(docker, resyncSeconds, signal, async () => {
        await synchronise();
        retryMs = FIRST_RETRY_MS;
      });
    } catch (error) {
      if (signal.aborted) return;
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
  synchronise: () => Promise<void>,
): Promise<void> {
  const events = await docker.getEvents({
    abortSignal: signal,
    filters: {
      type: ["container", "network"],
      event: ["start", "die", "rename", "connect", "disconnect"],
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
  events.on("error", end);
  events.on("end", () => end());
  events.on("close", () => end());
  try {
    while (!signal.aborted) {
      if (ended !== undefined) throw ended;
      if (pending) await pause(GATHER_MS, signal);
      pending = false;
      await synchronise();
      if (!pending && ended === undefined) {
        const nap = new AbortController();
        wake = () => nap.abort();
        await pause(resyncSeconds * 1000, AbortSignal.any([signal, nap.signal]));
      }
    }
  } finally {
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
