import { buffer } from "node:stream/consumers";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { EXIT, Failure } from "../failure";
import { note } from "../output";

/** Enough for keys and certificates; a file goes into a volume. */
const LARGEST_BYTES = 256 * 1_024;

/**
 * A secret's value: from standard input, asked for without an echo where that is a terminal, or from the option, which a list of
 * processes and the shell's history show. One line end at the end is not part of it.
 * @throws Failure (usage) where it is empty, too long or no text.
 */
export async function readValue(option: string | undefined, key: string): Promise<string> {
  if (option !== undefined) {
    note(
      "berth: --value is seen in the list of processes and stays in the shell's history: standard input is not",
    );
    return checked(Buffer.from(option), key);
  }
  if (process.stdin.isTTY) return checked(Buffer.from(await asked(key)), key);
  return checked(await buffer(process.stdin), key);
}

/** Asks at the terminal; what is typed is not shown. */
async function asked(key: string): Promise<string> {
  process.stderr.write(`value of ${key} (not shown): `);
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silence, terminal: true });
  const gone = new Promise<never>((_, reject) =>
    lines.once("SIGINT", () => reject(new Failure(`nothing was changed: no value of ${key} was given`))),
  );
  try {
    return await Promise.race([lines.question(""), gone]);
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}

function checked(bytes: Buffer, key: string): string {
  if (bytes.length > LARGEST_BYTES) {
    throw new Failure(
      `the value of ${key} has ${bytes.length} bytes, more than ${LARGEST_BYTES}: keep it in a file on a volume, and its password as the secret`,
      EXIT.usage,
    );
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new Failure(
      `the value of ${key} is no text in UTF-8: encode it, for example with base64`,
      EXIT.usage,
      {
        cause: error,
      },
    );
  }
  const value = text.replace(/\r?\n$/, "");
  if (value !== "") return value;
  throw new Failure(`the value of ${key} is empty: give it on standard input`, EXIT.usage);
}
