/** Waiting for the engine to let go of something. */
import { setTimeout as sleep } from "node:timers/promises";

export interface RetryOptions {
  /** Longest time to keep trying. */
  limitMs: number;
  intervalMs: number;
  signal?: AbortSignal;
  /** Whether this failure may pass by itself. */
  retriable: (error: unknown) => boolean;
}

/** @throws the last failure, once it is not retriable or the time is over. */
export async function retry<Result>(attempt: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  const end = Date.now() + options.limitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!options.retriable(error) || Date.now() + options.intervalMs > end) throw error;
      await sleep(options.intervalMs, undefined, { signal: options.signal });
    }
  }
}
