import { z } from "zod";

const body = z.looseObject({
  error: z.string().optional(),
  message: z.string().optional(),
  status: z.string().optional(),
});

/** The Machines API refused a request. */
export class ApiError extends Error {
  private constructor(
    /** Method and path. */
    readonly request: string,
    readonly status: number,
    /** Fly's own sentence. */
    readonly words: string,
    /** Fly's word for what is wrong, such as `insufficient_capacity`; empty where it gives none. */
    readonly code: string,
    /** By which Fly's support finds the request. */
    readonly requestId: string | undefined,
    /** From Retry-After; undefined where the answer does not say. */
    readonly retryAfterMs: number | undefined,
  ) {
    super(`${request} answered ${status}: ${words}`);
  }

  static of(request: string, response: Response, text: string): ApiError {
    const known = body.safeParse(parsed(text)).data;
    const words = known?.message ?? known?.error ?? text.trim().slice(0, 300);
    const id = response.headers.get("fly-request-id") ?? undefined;
    const { status, headers } = response;
    return new ApiError(request, status, words, known?.status ?? "", id, retryAfter(headers));
  }
}

/** The Machines API gave no answer. */
export class NoAnswerError extends Error {
  constructor(
    readonly request: string,
    readonly address: string,
    cause: unknown,
  ) {
    super(`${request} got no answer from ${address}: ${reasonOf(cause)}`, { cause });
  }

  /** Whether nothing can have arrived there. */
  get wasNotSent(): boolean {
    return ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"].includes(codeOf(this.cause));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** fetch hides what happened in the cause of its error. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === "string" ? code : codeOf(error.cause);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || codeOf(error);
}
