import type { Readable } from "node:stream";

/** Shorter than any password worth having would hide a mistake such as an empty secret. */
const SHORTEST = 8;
const LONGEST = 256;

/**
 * Reads `{"password": "…"}`. Only printable ASCII is taken, because Postgres and its clients prepare other characters differently
 * (SASLprep, RFC 4013), and because the password becomes part of a URL.
 * @throws Error that never repeats what was read.
 */
export async function readPassword(input: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input as AsyncIterable<Buffer | string>) chunks.push(Buffer.from(chunk));
  let secret: unknown;
  try {
    secret = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    // The parser's message would quote the secret.
    throw new Error('provision: standard input is not JSON: send {"password": "…"}');
  }
  const password =
    typeof secret === "object" && secret !== null && "password" in secret ? secret.password : undefined;
  if (typeof password !== "string" || !/^[\x21-\x7e]+$/.test(password)) {
    throw new Error(
      'provision: standard input must be {"password": "…"} with a password of printable ASCII without spaces',
    );
  }
  if (password.length < SHORTEST || password.length > LONGEST) {
    throw new Error(`provision: the password must have ${SHORTEST} to ${LONGEST} characters`);
  }
  return password;
}
