import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { ApiError, NoAnswerError } from "./api-error";
import type { Settings } from "./settings";

export interface Call {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the version: `/apps/…`. */
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /**
   * Whether a request whose fate is unknown may be sent again. Default: not for POST, of which the API promises nothing; whoever
   * sends one looks at what is there instead.
   */
  repeatable?: boolean;
  /** Longer than Fly.io takes for it; default 30 000. */
  timeoutMs?: number;
}

/** Longest wait that an answer's Retry-After gets of us; more than that is not a pause but an outage. */
const LONGEST_PAUSE_MS = 60_000;
const RETRIES = { retries: 6, factor: 2, maxTimeout: 10_000, randomize: true };
/** Their cause is on Fly's side and may pass (https://fly.io/docs/machines/api/working-with-machines-api/). */
const PASSING = [500, 502, 503, 504];

/**
 * Fly's Machines API over HTTP. A request that was not carried out for sure (429, no connection) is sent again, and so is every
 * other that may be, with growing pauses or those that Retry-After asks for.
 */
export class MachinesApi {
  /** @param firstPauseMs before the first repetition; each later one is twice as long. */
  constructor(
    private readonly settings: Settings,
    private readonly firstPauseMs = 500,
  ) {}

  get address(): string {
    return this.settings.address;
  }

  /**
   * The answer's body, checked.
   * @throws ApiError, NoAnswerError
   */
  async ask<T extends z.ZodType>(answer: T, call: Call): Promise<z.output<T>> {
    const body = await this.send(call);
    const checked = answer.safeParse(body);
    if (checked.success) return checked.data;
    const [issue] = checked.error.issues;
    throw new Error(
      `Fly.io: the answer to ${call.method} ${call.path} is not as documented (${issue?.path.join(".")}: ${issue?.message}): this version of Berth may be too old for it`,
    );
  }

  /** The same where 404 is an answer, too. */
  async find<T extends z.ZodType>(answer: T, call: Call): Promise<z.output<T> | undefined> {
    try {
      return await this.ask(answer, call);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** The answer's body, or undefined where it is empty. */
  async send(call: Call): Promise<unknown> {
    // An ECMAScript module, which only this form brings into one of the other kind.
    const { default: pRetry } = await import("p-retry");
    return pRetry(() => this.once(call), {
      ...RETRIES,
      minTimeout: this.firstPauseMs,
      shouldRetry: ({ error }) => mayPass(error, call.repeatable ?? call.method !== "POST"),
      onFailedAttempt: ({ error, retriesLeft }) => pauseAsked(error, retriesLeft),
    });
  }

  private async once({ method, path, body, headers, timeoutMs = 30_000 }: Call): Promise<unknown> {
    const request = `${method} ${path}`;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.address}/v1${path}`, {
        method,
        headers: {
          authorization: this.settings.authorization,
          "user-agent": "berth",
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await response.text();
    } catch (error) {
      throw new NoAnswerError(request, this.address, error);
    }
    if (!response.ok) throw ApiError.of(request, response, text);
    return text.trim() === "" ? undefined : readJson(text, request);
  }
}

function mayPass(error: Error, repeatable: boolean): boolean {
  if (error instanceof NoAnswerError) return repeatable || error.wasNotSent;
  if (!(error instanceof ApiError)) return false;
  return error.status === 429 || (repeatable && PASSING.includes(error.status));
}

async function pauseAsked(error: Error, retriesLeft: number): Promise<void> {
  if (retriesLeft === 0 || !(error instanceof ApiError)) return;
  await sleep(Math.min(error.retryAfterMs ?? 0, LONGEST_PAUSE_MS));
}

function readJson(text: string, request: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(
      `Fly.io: the answer to ${request} is no JSON: does FLY_FLAPS_BASE_URL or FLY_API_HOSTNAME name the Machines API?`,
    );
  }
}
