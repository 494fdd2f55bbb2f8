import { StringDecoder } from "node:string_decoder";

import type { Properties } from "../kit/types";
import { text } from "./properties";

type Stream = "stdout" | "stderr";

const ERROR_TAIL_LINES = 40;

/** What a command printed, and its way into the log, line by line, as the `logging` input says. */
export class CommandOutput {
  readonly #chunks: Record<Stream, Buffer[]> = { stdout: [], stderr: [] };
  readonly #both: Buffer[] = [];
  readonly #decoders = { stdout: new StringDecoder(), stderr: new StringDecoder() };
  readonly #pending: Record<Stream, string> = { stdout: "", stderr: "" };

  constructor(
    private readonly inputs: Properties,
    private readonly logLine: (line: string) => void,
  ) {}

  write(stream: Stream, chunk: Buffer): void {
    this.#chunks[stream].push(chunk);
    this.#both.push(chunk);
    const lines = (this.#pending[stream] + this.#decoders[stream].write(chunk)).split("\n");
    this.#pending[stream] = lines.pop() ?? "";
    if (this.#isLogged(stream)) lines.forEach(this.logLine);
  }

  /** Logs what came without a line end. */
  end(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      if (this.#pending[stream] !== "" && this.#isLogged(stream)) this.logLine(this.#pending[stream]);
      this.#pending[stream] = "";
    }
  }

  /** The outputs `stdout` and `stderr`: without the last line end. */
  get outputs(): { stdout: string; stderr: string } {
    const read = (stream: Stream) => Buffer.concat(this.#chunks[stream]).toString().replace(/\n$/, "");
    return { stdout: read("stdout"), stderr: read("stderr") };
  }

  /** The last lines of both streams in the order they came, for an error. */
  get tail(): string {
    const lines = Buffer.concat(this.#both).toString().trimEnd().split("\n");
    const left = lines.length - ERROR_TAIL_LINES;
    return [...(left > 0 ? [`(${left} lines before)`] : []), ...lines.slice(-ERROR_TAIL_LINES)].join("\n");
  }

  #isLogged(stream: Stream): boolean {
    const logging = text(this.inputs, "logging") ?? "stdoutAndStderr";
    return logging === "stdoutAndStderr" || logging === stream;
  }
}

/** The variables by which a command sees what the one before it printed; none where the input says so or nothing came. */
export function previousOutput(inputs: Properties, old: Properties | undefined): Record<string, string> {
  if (old === undefined || inputs["addPreviousOutputInEnv"] === false) return {};
  const named = { PULUMI_COMMAND_STDOUT: text(old, "stdout"), PULUMI_COMMAND_STDERR: text(old, "stderr") };
  return Object.fromEntries(
    Object.entries(named).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}
