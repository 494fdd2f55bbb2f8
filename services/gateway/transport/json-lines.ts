import { Transform, type TransformCallback } from "node:stream";

/** One event or progress line of the engine has a few KiB. */
const LONGEST_LINE_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * Puts a JSON text through a function. Where that leaves the value as it was, the very text comes back.
 * @returns undefined where the function does.
 * @throws SyntaxError when the text is not JSON.
 */
export function changedJson(text: string, change: (value: unknown) => unknown): string | undefined {
  const value: unknown = JSON.parse(text);
  // Taken before, because the function may change the value in place.
  const before = JSON.stringify(value);
  const after = JSON.stringify(change(value)) as string | undefined;
  return after === before ? text : after;
}

/**
 * Sends each JSON value of the engine's stream (its encoder ends each with a line feed) through a function that replaces it, or drops it
 * by `undefined`. A value that it leaves as it was passes byte for byte, so that long integers keep their last digits.
 */
export class JsonLines extends Transform {
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly change: (event: unknown) => unknown) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let data = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    try {
      for (let end = data.indexOf(LINE_FEED); end >= 0; end = data.indexOf(LINE_FEED)) {
        this.line(data.subarray(0, end + 1));
        data = data.subarray(end + 1);
      }
    } catch (error) {
      return done(error as Error);
    }
    this.rest = data;
    done(data.length > LONGEST_LINE_BYTES ? new Error("the engine sent a line without an end") : null);
  }

  override _flush(done: TransformCallback): void {
    try {
      this.line(this.rest);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  private line(raw: Buffer): void {
    const text = raw.toString("utf8").trim();
    if (text === "") return;
    const changed = changedJson(text, this.change);
    if (changed !== undefined) this.push(changed === text ? raw : `${changed}\n`);
  }
}
