import type { Readable, Writable } from "node:stream";

/** As much is gathered while the last write is under way; then nothing more is read. */
const LARGEST_BATCH_BYTES = 128 * 1024;

/**
 * Sends one stream into another as `pipe` does, and writes together what came together: TLS comes in records of 16 KiB, and each one
 * written by itself wakes the engine. Ends the other stream after the last byte; one that breaks off is its caller's to handle.
 * @returns stops it for good; the other stream stays open, without what was gathered
 */
export function pour(from: Readable, to: Writable): () => void {
  let batch: Buffer[] = [];
  let batchBytes = 0;
  let ended = false;
  let state: "free" | "writing" | "over" = "free";

  const flush = (): void => {
    if (state !== "free" || (batch.length === 0 && !ended)) return;
    if (batch.length === 0) {
      state = "over";
      to.end();
      return;
    }
    state = "writing";
    to.write(batch.length === 1 ? batch[0] : Buffer.concat(batch, batchBytes), written);
    batch = [];
    batchBytes = 0;
    from.resume();
  };
  const written = (error?: Error | null): void => {
    if (state !== "writing") return;
    if (error) return stop();
    state = "free";
    flush();
  };
  const take = (piece: Buffer): void => {
    // After everything that this turn of the event loop brings.
    if (batch.length === 0) setImmediate(flush);
    batch.push(piece);
    batchBytes += piece.length;
    if (batchBytes >= LARGEST_BATCH_BYTES) from.pause();
  };
  const end = (): void => {
    ended = true;
    flush();
  };
  const stop = (): void => {
    state = "over";
    batch = [];
    from.off("data", take).off("end", end);
    if (!ended) from.pause();
  };
  from.on("data", take).once("end", end).resume();
  to.once("close", stop);
  return stop;
}
