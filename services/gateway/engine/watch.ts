import type { Engine } from "./engine";

const INTERVAL_MS = 5_000;

/** Asks the engine now and then whether it answers, for the health of the gateway. */
export class EngineWatch {
  private timer: NodeJS.Timeout | undefined;
  private failure: string | undefined = "the engine has not been asked yet";
  private lastAnswerMs = performance.now();
  private stopped = false;

  constructor(
    private readonly engine: Engine,
    /** Called after each look, with the time since the last answer. */
    private readonly looked: (silentMs: number) => void,
  ) {}

  /** Why no request can be forwarded now; undefined while the engine answers. */
  get problem(): string | undefined {
    return this.failure;
  }

  /** Looks once, then goes on by itself. */
  async start(): Promise<void> {
    try {
      await this.engine.get("/_ping");
      this.failure = undefined;
      this.lastAnswerMs = performance.now();
    } catch (error) {
      this.failure = (error as Error).message;
    }
    if (this.stopped) return;
    this.looked(performance.now() - this.lastAnswerMs);
    this.timer = setTimeout(() => void this.start(), INTERVAL_MS);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }
}
