import type { EngineLog } from "./engine-log";
import { Redactor } from "./redaction";
import type { Call } from "./types";

/** How long an aborted handler may still tidy up before the call fails over its head. */
const TIDY_UP_MILLISECONDS = 10_000;

/** The calls under way, so that the engine's Cancel and the process's end reach all of them. */
export class Calls {
  readonly #running = new Set<AbortController>();
  #cancelled = false;

  /** Runs `work` with a scope of its own, and lets its log lines arrive before it returns. */
  async run<Result>(log: EngineLog, work: (scope: CallScope) => Promise<Result>): Promise<Result> {
    const controller = new AbortController();
    if (this.#cancelled) controller.abort(new Error("the deployment was cancelled"));
    this.#running.add(controller);
    try {
      return await work(new CallScope(log, controller));
    } finally {
      this.#running.delete(controller);
      await log.flush();
    }
  }

  /** Aborts what runs and what may still come: the deployment is over. */
  cancel(): void {
    this.#cancelled = true;
    for (const controller of this.#running) controller.abort(new Error("the deployment was cancelled"));
  }

  get idle(): boolean {
    return this.#running.size === 0;
  }
}

/** One gRPC call: its secrets, its signal, and the {@link Call} that handlers get. */
export class CallScope {
  readonly redactor = new Redactor();

  constructor(
    readonly log: EngineLog,
    private readonly controller: AbortController,
  ) {}

  /** The handler's view of this call. */
  call<Client>(client: Client, urn: string, timeoutSeconds: number): Call<Client> {
    const write = (severity: Parameters<Call<Client>["log"]>[0], message: string, status: boolean) =>
      this.log.write({ severity, message: this.redactor.apply(message), urn, status });
    return {
      urn,
      client,
      signal: this.controller.signal,
      timeoutSeconds,
      log: (severity, message) => write(severity, message, false),
      logStatus: (message) => write("info", message, true),
    };
  }

  /**
   * Waits for a handler. After a custom timeout or a cancellation the handler's signal is aborted; a handler that does not
   * end by itself is given up, so that a hanging connection cannot hold the deployment.
   *
   * @throws Error when the handler was given up; otherwise what the handler throws.
   */
  async wait<Result>(what: string, timeoutSeconds: number, work: Promise<Result> | Result): Promise<Result> {
    const timer =
      timeoutSeconds > 0
        ? setTimeout(
            () => this.controller.abort(new Error(timeoutMessage(what, timeoutSeconds))),
            timeoutSeconds * 1000,
          )
        : undefined;
    let giveUp: NodeJS.Timeout | undefined;
    const givenUp = new Promise<never>((_, reject) => {
      const later = () => {
        giveUp = setTimeout(() => reject(this.controller.signal.reason as Error), TIDY_UP_MILLISECONDS);
      };
      if (this.controller.signal.aborted) later();
      else this.controller.signal.addEventListener("abort", later, { once: true });
    });
    try {
      return await Promise.race([work, givenUp]);
    } finally {
      clearTimeout(timer);
      clearTimeout(giveUp);
    }
  }
}

function timeoutMessage(what: string, seconds: number): string {
  return `${what} did not finish within ${seconds} s: raise the resource option customTimeouts if it needs longer`;
}
