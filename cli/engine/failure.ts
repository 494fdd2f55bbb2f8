import { causeOf, EXIT, Failure, type ExitCode } from "../failure";

/** What the engine or the gateway answered instead of doing what was asked, or why no answer came. */
export class EngineFailure extends Failure {
  constructor(
    message: string,
    exitCode: ExitCode,
    /** Of the answer; undefined where none came. */
    readonly statusCode: number | undefined,
    cause: unknown,
  ) {
    super(message, exitCode, { cause });
  }
}

/** There is no such thing, or it is somebody else's. */
export const isAbsent = (error: unknown): boolean => statusOf(error) === 404;

/** Something in the way: a name that is taken, a container that is running, or being removed. */
export const isConflict = (error: unknown): boolean => statusOf(error) === 409;

/** It is so already: another command was first to start or to stop it. */
export const isAlready = (error: unknown): boolean => statusOf(error) === 304;

/**
 * Translates whatever a call to the gateway failed with, here and nowhere else. The gateway's and the engine's own words pass through;
 * a connection that failed says what to do.
 */
export function engineFailure(endpoint: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const status = statusOf(error);
  if (status === undefined) return unreached(endpoint, error);
  const exitCode = [401, 403].includes(status)
    ? EXIT.refused
    : status === 503
      ? EXIT.unreachable
      : EXIT.failed;
  return new EngineFailure(messageOf(error), exitCode, status, error);
}

/** Of Node's errors for a server whose certificate is not what it should be, or that ends the handshake. */
const NOT_TRUSTED = /CERT|SELF_SIGNED|ISSUER|LEAF_SIGNATURE|ALTNAME|SSL|TLS/;
/** One of them, and says nothing of the other side but that it is slow. */
const SLOW_HANDSHAKE = "ERR_TLS_HANDSHAKE_TIMEOUT";

function unreached(endpoint: string, error: unknown): EngineFailure {
  const { code = "", name } = error as NodeJS.ErrnoException;
  const { host } = new URL(endpoint);
  if (NOT_TRUSTED.test(code) && code !== SLOW_HANDSHAKE) {
    const message = `the gateway ${host} is not the one that this identity is for: ${causeOf(error)}. Run \`berth dev init\`, which finds and tests it again`;
    return new EngineFailure(message, EXIT.failed, undefined, error);
  }
  const why = name === "TimeoutError" ? "no answer in time" : causeOf(error);
  const message = `the gateway ${host} cannot be reached: ${why}. Check your network, and with the operator that it runs; \`berth dev init\` tests what is in between`;
  return new EngineFailure(message, EXIT.unreachable, undefined, error);
}

function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}

/** The answer's own message, without what dockerode puts around it. */
function messageOf(error: unknown): string {
  const { json, reason } = error as { json?: { message?: string } | null; reason?: string };
  const message = (json?.message ?? causeOf(error)).replace(/^\(HTTP code \d+\) [a-z ]+ - /, "").trim();
  return message || reason || `the gateway answered ${statusOf(error)} without a word`;
}
