import { log } from "../../shared/log";
import type { LogFile } from "./log-file";
import type { AuditRecord } from "./record";

/** Thrown where a line could not be written: the request that it was about must not be served. */
export class AuditUnavailable extends Error {
  constructor(cause: Error) {
    super(`the audit log cannot be written: ${cause.message}`, { cause });
    this.name = "AuditUnavailable";
  }
}

/** The audit log, and whether it can be written. */
export class Audit {
  private failure: string | undefined;

  constructor(private readonly file: LogFile) {}

  /** Why no request may be served now; undefined while the log can be written. */
  get problem(): string | undefined {
    return this.failure && `the audit log cannot be written, so nothing is served: ${this.failure}`;
  }

  /**
   * Adds a record.
   * @throws AuditUnavailable when it is not in the log; the next call tries again, so that it recovers by itself.
   */
  write(record: AuditRecord): void {
    this.append(JSON.stringify(record));
  }

  /** Tries again where it failed before, so that an idle gateway notices that there is space again. */
  retry(): void {
    if (this.failure === undefined) return;
    try {
      this.append(JSON.stringify({ time: new Date().toISOString(), event: "resumed", reason: this.failure }));
    } catch (error) {
      if (!(error instanceof AuditUnavailable)) throw error;
    }
  }

  /** Puts everything on the disk and lets the file go. */
  close(): void {
    this.file.flush();
    this.file.close();
  }

  private append(line: string): void {
    try {
      this.file.append(line);
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.failure)
        log("error", "the audit log cannot be written: nothing is served", { error: message });
      this.failure = message;
      throw new AuditUnavailable(error as Error);
    }
    if (this.failure !== undefined) log("info", "the audit log can be written again");
    this.failure = undefined;
  }
}
