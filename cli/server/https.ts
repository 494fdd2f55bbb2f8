/** One request over TLS that is verified by one CA. */
import * as https from "node:https";
import { causeOf, EXIT, Failure } from "../failure";

export interface Question {
  caPem: string;
  /** The client's certificate, where there is one. */
  identity?: { certPem: string; keyPem: string };
  /** Makes it a POST. */
  json?: object;
  timeoutMs?: number;
}

export interface Answer {
  status: number;
  text: string;
}

const TIMEOUT_MS = 15_000;
/** No answer that we ask for comes near this. */
const LARGEST_ANSWER_BYTES = 1_024 * 1_024;

/**
 * Asks once, on a connection of its own.
 * @throws Failure (unreachable) where no answer came; (failed) where the server is not the one that the CA vouches for.
 */
export function ask(url: URL, question: Question): Promise<Answer> {
  const { caPem, identity, json, timeoutMs = TIMEOUT_MS } = question;
  const body = json === undefined ? undefined : JSON.stringify(json);
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(connectionFailure(url, error));
    const sent = https.request(
      url,
      {
        agent: false,
        method: body === undefined ? "GET" : "POST",
        ca: caPem,
        ...(identity && { cert: identity.certPem, key: identity.keyPem }),
        headers: body === undefined ? {} : { "content-type": "application/json" },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
          if (text.length > LARGEST_ANSWER_BYTES) sent.destroy(new Error("the answer is far too long"));
        });
        answer.on("error", fail);
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    sent.on("error", fail);
    sent.end(body);
  });
}

/** Codes of Node's verification of a server's certificate, as far as people meet them (Node's documentation, "X509 certificate error codes"). */
const ADVICE: Record<string, string> = {
  CERT_NOT_YET_VALID: "its certificate is not valid yet: check this machine's clock",
  CERT_HAS_EXPIRED:
    "its certificate has ended: check this machine's clock, or ask the operator to run `make up`",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for other names: use the address that the operator gave",
};

const UNTRUSTED = [
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_SIGNATURE_FAILURE",
];

/** What a failed connection means and what to do. */
export function connectionFailure(url: URL, error: unknown): Failure {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const advice =
    ADVICE[code] ??
    (UNTRUSTED.includes(code) ? "its certificate is not from the CA that you trust" : undefined);
  if (advice !== undefined) {
    return new Failure(`${url.host} is not trusted: ${advice} (${causeOf(error)})`, EXIT.failed, {
      cause: error,
    });
  }
  const why = (error as Error).name === "TimeoutError" ? "no answer in time" : causeOf(error);
  return new Failure(
    `${url.host} cannot be reached: ${why}. Check the address, your network, and with the operator that it runs`,
    EXIT.unreachable,
    { cause: error },
  );
}
