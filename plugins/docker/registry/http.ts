/** One HTTP request to a registry. */
import { existsSync, readFileSync } from "node:fs";
import { request as requestPlain, type IncomingHttpHeaders } from "node:http";
import { request as requestTls } from "node:https";
import { rootCertificates } from "node:tls";

export interface HttpRequest {
  method: "GET" | "HEAD" | "DELETE";
  url: string;
  headers?: Record<string, string | string[]>;
  /** Accept any certificate. */
  insecure?: boolean;
  /** Accept certificates of this CA only, instead of those that the system trusts. */
  caPem?: string;
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The system's own CA bundle, which a host behind an inspecting proxy has its CA in, and which Node does not read. */
const SYSTEM_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
];

function trustedCertificates(): string[] {
  const bundle = SYSTEM_BUNDLES.find((path) => existsSync(path));
  return [...rootCertificates, ...(bundle ? [readFileSync(bundle, "utf8")] : [])];
}

/** @throws Error naming the URL when no answer comes. */
export function sendRequest({
  method,
  url,
  headers,
  insecure,
  caPem,
  signal,
}: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => reject(new Error(`${method} ${url}: ${cause.message}`, { cause }));
    const options = { method, headers, signal };
    const sent = url.startsWith("https:")
      ? requestTls(url, { ...options, rejectUnauthorized: !insecure, ca: caPem ?? trustedCertificates() })
      : requestPlain(url, options);
    sent.on("error", fail);
    sent.on("response", (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", fail);
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.end();
  });
}
