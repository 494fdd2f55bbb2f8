import type { Part } from "./way";

/** Makes one part present and prints one line: what, which way, how long. */
export async function timed(action: () => Promise<Part>): Promise<void> {
  const startedMs = Date.now();
  const { what, way } = await action();
  process.stderr.write(`${what}: ${way} (${((Date.now() - startedMs) / 1000).toFixed(1)} s)\n`);
}
