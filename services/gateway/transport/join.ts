import type { Socket } from "node:net";
import { finished } from "node:stream/promises";
import { pour } from "./pour";

/** A peer that vanished without a word is found by this and the kernel's probes. */
const KEEP_ALIVE_MS = 15_000;
/** How long the rest may take after one side is over. */
const LINGER_MS = 10_000;

/**
 * Makes one two-way stream of the caller's and the engine's, with back-pressure, each side's end passed on as an end of that direction
 * only. Resolves when both are closed.
 */
export async function join(caller: Socket, engine: Socket): Promise<void> {
  let linger: NodeJS.Timeout | undefined;
  const endSoon = (): void => {
    linger ??= setTimeout(() => {
      caller.destroy();
      engine.destroy();
    }, LINGER_MS).unref();
  };
  for (const side of [caller, engine]) side.setKeepAlive(true, KEEP_ALIVE_MS);
  // What the other side has not taken yet it still gets, unless this one broke.
  closeAfter(caller, engine);
  closeAfter(engine, caller);
  for (const side of [caller, engine]) side.once("close", endSoon);
  // The engine ends its output when the process is over: then nothing reads the input any more.
  caller.once("finish", endSoon);
  pour(caller, engine);
  engine.pipe(caller);
  await Promise.all([closed(caller), closed(engine)]);
  clearTimeout(linger);
}

function closeAfter(first: Socket, other: Socket): void {
  first.once("close", (broken: boolean) => (broken ? other.destroy() : other.destroySoon()));
}

async function closed(socket: Socket): Promise<void> {
  // How it ended is no news: either side may go at any time.
  await finished(socket).catch(() => undefined);
}
