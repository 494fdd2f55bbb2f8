import { setTimeout as sleep } from "node:timers/promises";
import { EXIT, Failure } from "../failure";
import { certificateAnswer, refusalAnswer, type CertificateAnswer } from "./answer";
import { ask, type Question } from "./https";

/** The service said no; `code` is one of its REFUSAL_CODES. */
export class Refused extends Failure {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message, EXIT.refused);
  }
}

/** Waits before asking again where the service is there but cannot answer now. */
const RETRY_AFTER_MS = [500, 2_000];

/**
 * Trades a request and a PIN for a certificate. Asking again with the same two gives the same certificate.
 * @throws Refused; Failure (unreachable).
 */
export function issue(
  server: URL,
  caPem: string,
  body: { devId: string; pin: string; csr: string },
): Promise<CertificateAnswer> {
  return certificateFrom(new URL("/api/dev/issue-cert", server), { caPem, json: body });
}

/**
 * Trades a request and the present certificate for the next one. Never ask for one certificate with two keys: that locks the identity.
 * @param timeoutMs how long to wait for an answer; default 15 s.
 * @throws Refused; Failure (unreachable).
 */
export function renew(
  server: URL,
  identity: { caPem: string; certPem: string; keyPem: string },
  csr: string,
  timeoutMs?: number,
): Promise<CertificateAnswer> {
  const { caPem, certPem, keyPem } = identity;
  const question = { caPem, identity: { certPem, keyPem }, json: { csr }, timeoutMs };
  return certificateFrom(new URL("/api/dev/renew-cert", server), question);
}

async function certificateFrom(url: URL, question: Question): Promise<CertificateAnswer> {
  for (const waitMs of [...RETRY_AFTER_MS, undefined]) {
    const { status, text } = await ask(url, question);
    if (status === 503 && waitMs !== undefined) {
      await sleep(waitMs);
      continue;
    }
    const body = parse(text);
    if (status === 200) {
      const answer = certificateAnswer.safeParse(body);
      if (answer.success) return answer.data;
      const problem = answer.error.issues
        .map((issue) => `${issue.path.join(".")}: ${issue.message}`)
        .join("; ");
      throw new Failure(`${url.host} answered in a form that this command does not know (${problem})`);
    }
    const refusal = refusalAnswer.safeParse(body);
    if (!refusal.success) {
      throw new Failure(
        `${url.host} answered ${status} and nothing readable: is this the onboarding service?`,
      );
    }
    const { code, message } = refusal.data;
    if (status >= 500) throw new Failure(`${url.host}: ${message}`, EXIT.unreachable);
    throw new Refused(code, `${url.host} refused (${code}): ${message}`);
  }
  throw new Error("unreachable: the last try returns or throws");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
