/** What a command has done, with how long each part took. Parts that run side by side overlap. */
export class Phases {
  /** By name, in whole milliseconds, in the order in which they ended. */
  readonly milliseconds: Record<string, number> = {};
  private readonly startedMs = performance.now();

  /** Runs a part and takes its time, whether it succeeds or not. */
  async time<T>(name: string, part: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    try {
      return await part();
    } finally {
      this.milliseconds[name] = Math.round(performance.now() - startedMs);
    }
  }

  /** Since this was made. */
  get totalMs(): number {
    return Math.round(performance.now() - this.startedMs);
  }

  /** One line for people. */
  toString(): string {
    return Object.entries(this.milliseconds)
      .map(([name, milliseconds]) => `${name} ${milliseconds} ms`)
      .join(", ");
  }
}
