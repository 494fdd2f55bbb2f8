/** Ends work that shows no sign of life: a registry that stops in the middle of an answer would hold a deployment for ever. */
export class Watchdog {
  private readonly controller = new AbortController();
  private readonly passOn = (): void => this.controller.abort(this.outer?.reason);
  private timer: NodeJS.Timeout;
  private wasSilent = false;

  /**
   * @param silenceMs how long nothing may be heard.
   * @param outer ends the work as well.
   */
  constructor(
    private readonly silenceMs: number,
    private readonly outer?: AbortSignal,
  ) {
    this.timer = this.start();
    // Not AbortSignal.any: Node 20 may collect the signal that it makes while somebody waits for it (nodejs/node#54614).
    if (outer?.aborted) this.passOn();
    else outer?.addEventListener("abort", this.passOn, { once: true });
  }

  /** Give this to the work. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Whether it was the silence that ended the work; then in words, else undefined. */
  get verdict(): string | undefined {
    return this.wasSilent ? `no progress for ${this.silenceMs / 1000} s` : undefined;
  }

  /** Something was heard. */
  touch(): void {
    clearTimeout(this.timer);
    this.timer = this.start();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener("abort", this.passOn);
  }

  private start(): NodeJS.Timeout {
    return setTimeout(() => {
      this.wasSilent = !this.controller.signal.aborted;
      this.controller.abort();
    }, this.silenceMs);
  }
}
