import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceStatus } from "../../../spec/workspace/status";
import type { Log } from "../log";
import { RunningProcess, type Program } from "./process";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** Who ran this long begins again with the first pause. */
const STEADY_MS = 60_000;
const STARTING_LOOK_MS = 200;
const LOOK_MS = 10_000;
/** An answer this old stands for now. */
const FRESH_MS = 3_000;

/** A program that must always run. */
export interface ServiceDefinition {
  name: ServiceStatus["name"];
  program: Omit<Program, "onLine">;
  onLine: (line: string) => void;
  /** What it started before it died: sessions of sshd go on, parts of an editor would keep the next one from its port. */
  leftovers: "stay" | "end";
  /** Asks it for an answer: undefined, or what is wrong. */
  ask(): Promise<string | undefined>;
}

/** Runs a program, starts it again with growing pauses when it ends, and knows whether it answers. */
export class Service {
  #process: RunningProcess | undefined;
  #state: ServiceStatus["state"] = "stopped";
  #problem: string | undefined;
  #restarts = 0;
  #askedAt = 0;
  readonly #stop = new AbortController();
  #over: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly definition: ServiceDefinition,
    private readonly log: Log,
  ) {}

  status(): ServiceStatus {
    const { name } = this.definition;
    return { name, state: this.#state, restarts: this.#restarts, problem: this.#problem };
  }

  start(): void {
    this.#over = Promise.all([this.#keepRunning(), this.#keepLooking()]);
  }

  /** Whether it answers now. */
  async answers(): Promise<boolean> {
    if (Date.now() - this.#askedAt > FRESH_MS) await this.#look();
    return this.#state === "answers";
  }

  /** Asks it to end. */
  stop(): void {
    this.#stop.abort();
    this.#process?.signal("SIGTERM");
  }

  kill(): void {
    this.#process?.signal("SIGKILL");
  }

  /** Settles when it has ended after {@link stop}. */
  get over(): Promise<unknown> {
    return this.#over;
  }

  async #keepRunning(): Promise<void> {
    const { name, program, onLine, leftovers } = this.definition;
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#stop.signal.aborted) {
      const since = Date.now();
      this.#state = "starting";
      this.#problem = "does not answer yet";
      this.#process = new RunningProcess({ ...program, onLine });
      const { how } = await this.#process.ended;
      if (this.#stop.signal.aborted) break;
      if (leftovers === "end") this.#process.signal("SIGKILL");
      if (Date.now() - since > STEADY_MS) pauseMs = FIRST_PAUSE_MS;
      this.#state = "waiting";
      this.#problem = `ended (${how})`;
      this.log.error(name, `ended (${how}); started again in ${pauseMs / 1000} s`);
      await this.#pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      this.#restarts += 1;
    }
    this.#state = "stopped";
    this.#problem = undefined;
    this.log.info(name, "stopped");
  }

  async #keepLooking(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#look();
      await this.#pause(this.#state === "answers" ? LOOK_MS : STARTING_LOOK_MS);
    }
  }

  async #look(): Promise<void> {
    if (this.#state === "waiting" || this.#state === "stopped") return;
    const asked = this.#process;
    const problem = await this.definition.ask();
    // Meanwhile it may have ended: that answer was another's.
    if (asked !== this.#process || !["starting", "answers", "silent"].includes(this.#state)) return;
    this.#askedAt = Date.now();
    const { name } = this.definition;
    if (problem === undefined) {
      if (this.#state !== "answers") this.log.info(name, "answers");
      this.#state = "answers";
    } else if (this.#state !== "starting") {
      if (this.#state === "answers") this.log.warn(name, `does not answer: ${problem}`);
      this.#state = "silent";
    }
    this.#problem = problem;
  }

  async #pause(milliseconds: number): Promise<void> {
    try {
      await sleep(milliseconds, undefined, { signal: this.#stop.signal });
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }
}
