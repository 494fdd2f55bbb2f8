import type { Refusal } from "../rules/types";

/** Lets each developer do a few things at a time, in the order asked, so that none takes a shared service from the others. */
export class Turns {
  private readonly lines = new Map<string, { running: number; waiting: (() => void)[] }>();

  constructor(
    private readonly atOnce: number,
    private readonly mostWaiting: number,
  ) {}

  /** Does the work when it is its turn; refuses it where too much waits already. */
  async take<T>(developerId: string, work: () => Promise<T>): Promise<T | Refusal> {
    const line = this.lines.get(developerId) ?? { running: 0, waiting: [] };
    this.lines.set(developerId, line);
    if (line.waiting.length >= this.mostWaiting) {
      const message = `${this.mostWaiting} requests of developer ${developerId} for access wait already: try again`;
      return { kind: "refusal", status: 429, reason: "too-many-waiting", message };
    }
    if (line.running >= this.atOnce) await new Promise<void>((resolve) => line.waiting.push(resolve));
    else line.running += 1;
    try {
      return await work();
    } finally {
      // Whoever waits takes over the place.
      const next = line.waiting.shift();
      if (next) next();
      else line.running -= 1;
      if (line.running === 0) this.lines.delete(developerId);
    }
  }
}
