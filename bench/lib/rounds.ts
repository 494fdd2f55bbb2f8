import type { Measured } from "./comparison";

/** One side of a comparison. */
export interface Contender {
  what: string;
  /** What must be so before the clock starts. */
  prepare?(): Promise<void>;
  /** Runs once and says how long what counts took. */
  run(): Promise<number>;
  /** Puts back what the run made, after the clock has stopped. */
  reset?(): Promise<void>;
}

/**
 * Runs all contenders in turn, as often as asked: A B C, A B C, …, so that whatever drifts on the machine reaches all of them.
 * Says how far it is on standard error.
 */
export async function inTurn(rounds: number, contenders: Contender[]): Promise<Measured[]> {
  const measured = contenders.map(({ what }): Measured => ({ what, seconds: [] }));
  for (let round = 1; round <= rounds; round++) {
    const told: string[] = [];
    for (const [index, contender] of contenders.entries()) {
      await contender.prepare?.();
      try {
        const seconds = await contender.run();
        measured[index]?.seconds.push(seconds);
        told.push(`${seconds.toFixed(2)} s`);
      } finally {
        await contender.reset?.();
      }
    }
    process.stderr.write(`  round ${round} of ${rounds}: ${told.join(", ")}\n`);
  }
  return measured;
}
