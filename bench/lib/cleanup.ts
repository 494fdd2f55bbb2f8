import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What was made and must go, whatever happens; the last made goes first. */
export class Leftovers {
  private readonly removals: { what: string; remove: () => Promise<void> | void }[] = [];
  private removing: Promise<void> | undefined;

  /** Notes it before it is made, so that a half made one goes too: `remove` must bear that there is nothing. */
  add(what: string, remove: () => Promise<void> | void): void {
    this.removals.push({ what, remove });
  }

  /** Removes all that is noted. One that fails does not keep the others; all failures are told in one Error. */
  removeAll(): Promise<void> {
    this.removing ??= this.removeEach().finally(() => (this.removing = undefined));
    return this.removing;
  }

  /** A signal ends the process only after everything was removed. */
  removeOnSignals(): void {
    for (const signal of SIGNALS) {
      process.once(signal, () => {
        process.stderr.write(`\n${signal}: removing what was made\n`);
        void this.removeAll()
          .catch((error: Error) => process.stderr.write(`error: ${error.message}\n`))
          .finally(() => process.exit(128 + constants.signals[signal]));
      });
    }
  }

  private async removeEach(): Promise<void> {
    const failures: string[] = [];
    for (let next = this.removals.pop(); next !== undefined; next = this.removals.pop()) {
      try {
        await next.remove();
      } catch (error) {
        failures.push(`${next.what} could not be removed: ${(error as Error).message}`);
      }
    }
    if (failures.length > 0) throw new Error(failures.join("\n"));
  }
}
