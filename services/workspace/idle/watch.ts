import type { WorkspaceStatus } from "../../../spec/workspace/status";
import type { WorkspaceSpec } from "../../../spec/workspace/workspace-spec";

/** Looks of a minute. */
const LOOKS_A_MINUTE = 4;

/** What the watch asks and does; all of it replaceable by time alone. */
export interface IdleWork {
  /** Why the workspace is in use now, such as `1 connection to SSH`; empty where it is not. */
  look(): string[];
  /** What would be cut off by an end now: it is asked once more just before. */
  inFlight(): string[];
  warn(minutesLeft: number): void;
  /** The reason for a warning is gone. */
  unwarn(): void;
  end(idleMinutes: number): void;
}

/** Ends a workspace that nobody uses, after a warning. */
export class IdleWatch {
  readonly #startedAt = performance.now();
  #usedAt = this.#startedAt;
  #awakeUntil = 0;
  #inUse: string[] = [];
  #warned = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: WorkspaceSpec["idleStop"],
    private readonly minuteMs: number,
    private readonly work: IdleWork,
  ) {}

  start(): void {
    this.#timer = setInterval(() => this.look(), this.minuteMs / LOOKS_A_MINUTE);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Nobody's absence counts for so many minutes from now; 0 takes it back. */
  keepAwake(minutes: number): void {
    this.#awakeUntil = performance.now() + minutes * this.minuteMs;
    this.#used();
  }

  status(): WorkspaceStatus["idleStop"] {
    const { afterMinutes } = this.settings;
    const now = performance.now();
    const awake = this.#awakeUntil > now;
    const from = Math.max(this.#usedAt, this.#awakeUntil);
    return {
      afterMinutes,
      idleMinutes: Math.floor((now - this.#usedAt) / this.minuteMs),
      inUse: this.#inUse,
      ...(awake && { keptAwakeUntil: wallTime(this.#awakeUntil - now) }),
      ...(afterMinutes > 0 &&
        this.#inUse.length === 0 && { endsAt: wallTime(from + afterMinutes * this.minuteMs - now) }),
    };
  }

  /** One look: what is in use now counts from now on. */
  look(): void {
    this.#inUse = this.work.look();
    const now = performance.now();
    if (this.#inUse.length > 0 || this.#awakeUntil > now) return this.#used();
    const { afterMinutes, warnMinutes } = this.settings;
    if (afterMinutes === 0) return;
    const idleMinutes = (now - this.#usedAt) / this.minuteMs;
    if (idleMinutes >= afterMinutes) return this.#end(idleMinutes);
    if (!this.#warned && idleMinutes >= afterMinutes - Math.min(warnMinutes, afterMinutes)) {
      this.#warned = true;
      this.work.warn(Math.ceil(afterMinutes - idleMinutes));
    }
  }

  #used(): void {
    this.#usedAt = performance.now();
    if (this.#warned) this.work.unwarn();
    this.#warned = false;
  }

  #end(idleMinutes: number): void {
    // A transfer may have begun since the look.
    this.#inUse = this.work.inFlight();
    if (this.#inUse.length > 0) return this.#used();
    this.stop();
    this.work.end(Math.floor(idleMinutes));
  }
}

function wallTime(fromNowMs: number): string {
  return new Date(Date.now() + fromNowMs).toISOString();
}
