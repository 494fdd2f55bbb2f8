import type { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as readline from "node:readline/promises";
import { EXIT, Failure } from "../failure";
import { certificatesIn, readFingerprint } from "../identity/pair";
import { isRoot, presentedRoot } from "../server/authority";

/** What says which CA is the right one. */
export interface TrustOptions {
  /** SHA-256 from the operator. */
  caFingerprint?: string;
  /** The CA itself from the operator. */
  caFile?: string;
}

/**
 * The server's root, confirmed by its fingerprint, by a file, by what was confirmed before, or by whoever sits at the terminal. Until
 * then nothing is sent to the server.
 * @param known the fingerprint that an earlier `berth dev init` has confirmed for this very server.
 * @throws Failure where nothing confirms it.
 */
export async function trustedRoot(
  server: URL,
  options: TrustOptions,
  known?: string,
): Promise<X509Certificate> {
  const given = options.caFingerprint === undefined ? undefined : fingerprintOption(options.caFingerprint);
  if (options.caFile !== undefined) {
    const root = rootIn(options.caFile);
    if (given !== undefined) assertSame(root, given, options.caFile);
    return root;
  }
  const root = await presentedRoot(server);
  if (root === undefined) {
    throw new Failure(
      `${server.host} does not present its CA: ask the operator for the file, and give it as --ca-file ca.pem`,
    );
  }
  const wanted = given ?? known;
  if (wanted !== undefined) {
    assertSame(root, wanted, server.host);
    return root;
  }
  await askPerson(server, root);
  return root;
}

function fingerprintOption(text: string): string {
  const fingerprint = readFingerprint(text);
  if (fingerprint !== undefined) return fingerprint;
  throw new Failure(
    `--ca-fingerprint '${text}' is no SHA-256 fingerprint: give 64 hex digits, with or without colons`,
    EXIT.usage,
  );
}

function rootIn(file: string): X509Certificate {
  let root: X509Certificate | undefined;
  try {
    root = certificatesIn(fs.readFileSync(file, "utf8")).find(isRoot);
  } catch (error) {
    throw new Failure(`--ca-file ${file} cannot be read: ${(error as Error).message}`, EXIT.usage, {
      cause: error,
    });
  }
  if (!root) throw new Failure(`--ca-file ${file} holds no root certificate in PEM`, EXIT.usage);
  return root;
}

function assertSame(root: X509Certificate, wanted: string, who: string): void {
  if (root.fingerprint256 === wanted) return;
  throw new Failure(
    `the CA of ${who} is not the expected one, so nothing was sent: it has ${root.fingerprint256}, expected was ${wanted}. ` +
      "Compare with the operator: somebody may stand between you and the server",
  );
}

async function askPerson(server: URL, root: X509Certificate): Promise<void> {
  const fact = `The CA of ${server.host} has the SHA-256 fingerprint\n  ${root.fingerprint256}`;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new Failure(
      `${fact}\nand nobody is at a terminal to compare it with the operator's: give --ca-fingerprint with what the operator told you, ` +
        "or --ca-file",
      EXIT.usage,
    );
  }
  const terminal = readline.createInterface({ input: process.stdin, output: process.stderr });
  try {
    const question = `${fact}\nIs it the one that the operator gave you? [yes/no] `;
    // Ctrl-C and Ctrl-D reject it.
    const answer = await terminal.question(question).catch(() => "no");
    if (!/^y(es)?$/i.test(answer.trim())) throw new Failure("not confirmed: nothing was sent");
  } finally {
    terminal.close();
  }
}
