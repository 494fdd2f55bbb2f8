/** Anything shorter stands in other words by chance. */
const SHORTEST_HIDDEN = 6;

type Level = "info" | "warn" | "error";

/**
 * Readable lines on standard output, which the platform keeps as the container's log: `<time> <level> <part>: <text>`. Nothing in the
 * program hands it a secret; should one come through what another program prints, it is replaced by `[secret <key>]`.
 */
export class Log {
  readonly #hidden: { text: string; key: string }[] = [];

  constructor(private readonly write: (line: string) => void) {}

  /** From now on no line holds the value, a line of it, or their forms in URLs and in base64. */
  hide(key: string, value: string): void {
    const lines = [value, ...value.split(/\r?\n/)].map((line) => line.trim());
    const forms = lines.flatMap((line) => [
      line,
      encodeURIComponent(line),
      Buffer.from(line).toString("base64"),
    ]);
    for (const text of new Set(forms)) {
      if (text.length >= SHORTEST_HIDDEN) this.#hidden.push({ text, key });
    }
    this.#hidden.sort((a, b) => b.text.length - a.text.length);
  }

  info(part: string, text: string): void {
    this.#line("info", part, text);
  }

  warn(part: string, text: string): void {
    this.#line("warn", part, text);
  }

  error(part: string, text: string): void {
    this.#line("error", part, text);
  }

  /** The text without any secret. */
  redacted(text: string): string {
    return this.#hidden.reduce(
      (shown, { text: secret, key }) => shown.replaceAll(secret, `[secret ${key}]`),
      text,
    );
  }

  #line(level: Level, part: string, text: string): void {
    const shown = this.redacted(text.replaceAll(/\r?\n/g, " | "));
    this.write(`${new Date().toISOString()} ${level.padEnd(5)} ${part}: ${shown}\n`);
  }
}
