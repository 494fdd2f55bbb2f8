import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Watchdog } from "../../../plugins/docker/support/watchdog";

const SILENCE_MS = 60;

test("silence ends the work and says so", async () => {
  const watchdog = new Watchdog(SILENCE_MS);
  await sleep(2 * SILENCE_MS);
  expect(watchdog.signal.aborted).toBe(true);
  expect(watchdog.verdict).toBe("no progress for 0.06 s");
});

test("whoever cancels the call ends the work too, and silence is not blamed, not even later", async () => {
  const outer = new AbortController();
  const watchdog = new Watchdog(SILENCE_MS, outer.signal);
  outer.abort(new Error("cancelled"));
  expect(watchdog.signal.reason).toEqual(new Error("cancelled"));
  await sleep(2 * SILENCE_MS);
  expect(watchdog.verdict).toBeUndefined();
});

test("a call that was cancelled before is never begun", () => {
  const watchdog = new Watchdog(SILENCE_MS, AbortSignal.abort());
  expect(watchdog.signal.aborted).toBe(true);
  watchdog.stop();
});

test("a cancelled call still reaches the work after memory was collected", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const outer = new AbortController();
  let ended = false;
  const watchdog = new Watchdog(60_000, outer.signal);
  watchdog.signal.addEventListener("abort", () => (ended = true));
  for (let round = 0; round < 5; round++) {
    collect();
    await sleep(5);
  }
  outer.abort();
  watchdog.stop();
  expect(ended).toBe(true);
});

test("once stopped it ends nothing, and leaves no listener behind", async () => {
  const outer = new AbortController();
  const watchdog = new Watchdog(SILENCE_MS, outer.signal);
  watchdog.stop();
  await sleep(2 * SILENCE_MS);
  outer.abort();
  expect(watchdog.signal.aborted).toBe(false);
});
