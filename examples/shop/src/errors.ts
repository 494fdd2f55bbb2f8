/** The request itself is wrong; the message says what to change. */
export class BadRequest extends Error {}

/** What the request names does not exist. */
export class NotFound extends Error {}

/** The request is right, but not in the present state of the shop. */
export class Conflict extends Error {}

/** The HTTP status for an error. */
export function statusOf(error: unknown): number {
  if (error instanceof BadRequest) return 400;
  if (error instanceof NotFound) return 404;
  if (error instanceof Conflict) return 409;
  return 500;
}
