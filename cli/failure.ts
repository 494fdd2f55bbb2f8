/** Exit codes of every command, as `berth --help` documents them. */
export const EXIT = { ok: 0, failed: 1, usage: 2, refused: 3, unreachable: 4 } as const;

/** Signals that end a command, and the exit code that a shell gives for them. */
export const ENDED_BY = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type EndSignal = keyof typeof ENDED_BY;
export const END_SIGNALS = Object.keys(ENDED_BY) as EndSignal[];

export type ExitCode = (typeof EXIT)[keyof typeof EXIT] | (typeof ENDED_BY)[EndSignal];

/** Ends a command: what people read, and what scripts branch on. */
export class Failure extends Error {
  /**
   * @param message who, what and how to mend it.
   * @param exitCode see EXIT and ENDED_BY.
   */
  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What an error says, and its code where the system gave one. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node puts several tries for one name (IPv4, IPv6) into one error without a message.
  if (error instanceof AggregateError && error.message === "") return error.errors.map(causeOf).join("; ");
  return error.message;
}
