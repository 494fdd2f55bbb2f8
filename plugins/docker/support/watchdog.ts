/** Ends work that shows no sign of life: a registry that stops in the middle of an answer would hold a deployment for ever. */
export class Watchdog {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout;

  /**
   * @param silenceMs how long nothing may be heard.
   * @param outer ends the work as well.
   */
  constructor(
    private readonly silenceMs: number,
    private readonly outer?: AbortSignal,
  ) {
    this.timer = this.start();
  }

  /** Give this to the work. */
  get signal(): AbortSignal {
    const own = this.controller.signal;
    return this.outer ? AbortSignal.any([own, this.outer]) : own;
  }

  /** Whether it was the silence that ended the work; then in words, else undefined. */
  get verdict(): string | undefined {
    return this.controller.signal.aborted ? `no progress for ${this.silenceMs / 1000} s` : undefined;
  }

  /** Something was heard. */
  touch(): void {
    clearTimeout(this.timer);
    this.timer = this.start();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private start(): NodeJS.Timeout {
    return setTimeout(() => this.controller.abort(), this.silenceMs);
  }
}
