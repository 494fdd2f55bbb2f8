/** A request that is answered with an error: what the client gets, and nothing more. */
export class Refusal extends Error {
  /**
   * @param status of the HTTP answer.
   * @param code for programs; stable.
   * @param message for people: what is wrong and what to do.
   * @param retryAfterSeconds when trying again can help.
   */
  constructor(
    readonly status: number,
    readonly code: RefusalCode,
    message: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}

/** Every code that an answer can carry. */
export const REFUSAL_CODES = [
  "invalid_request",
  "not_found",
  "too_many_requests",
  "invalid_csr",
  "key_reused",
  "pin_refused",
  "certificate_required",
  "certificate_unknown",
  "certificate_expired",
  "certificate_revoked",
  "identity_locked",
  "unavailable",
  "internal_error",
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];
