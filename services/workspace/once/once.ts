import type { OnceStatus } from "../../../spec/workspace/status";
import type { Log } from "../log";

/** Work behind the services, one piece after the other: what fails is said, and stops neither the services nor the next piece. */
export class OnceWork {
  readonly #pieces: OnceStatus[] = [];
  #isOver = false;

  constructor(private readonly log: Log) {}

  status(): OnceStatus[] {
    return this.#pieces;
  }

  /** Such as `setup of shop runs`. */
  running(): string[] {
    return this.#pieces.filter(({ state }) => state === "running").map(({ what }) => `${what} runs`);
  }

  /** From now on nothing is begun. */
  stop(): void {
    this.#isOver = true;
  }

  /** Whether it was done. */
  async run(what: string, work: () => Promise<void>): Promise<boolean> {
    if (this.#isOver) return false;
    const piece: OnceStatus = { what, state: "running" };
    this.#pieces.push(piece);
    try {
      await work();
      piece.state = "done";
      return true;
    } catch (error) {
      piece.state = "failed";
      piece.problem = this.log.redacted((error as Error).message);
      if (!this.#isOver) this.log.error(what, piece.problem);
      return false;
    }
  }
}
