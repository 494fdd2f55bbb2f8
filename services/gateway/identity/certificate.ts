import type { TLSSocket } from "node:tls";

/** id-kp-clientAuth, RFC 5280 section 4.2.1.12. */
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/** What a connection's client certificate says, read once: a connection cannot change its certificate (no renegotiation). */
export interface PresentedCertificate {
  /** 32 lower-case hex characters. */
  serial: string;
  developerId: string;
  role: string;
  organisation: string;
  notBeforeMs: number;
  notAfterMs: number;
}

/** A connection whose certificate proves nothing: what its caller is told, and why for the audit log. */
export interface Unproven {
  message: string;
  reason:
    "no-certificate" | "certificate-not-trusted" | "certificate-expired" | "certificate-not-for-clients";
}

const ONBOARD = "get a certificate with a PIN from your operator (berth dev init)";

/** By OpenSSL's verification result, https://docs.openssl.org/3.0/man1/openssl-verification-options/ */
const UNPROVEN: Record<string, Unproven> = {
  CERT_HAS_EXPIRED: {
    message: `your client certificate has expired: onboard again with a PIN (berth dev init)`,
    reason: "certificate-expired",
  },
  INVALID_PURPOSE: {
    message: `this certificate is not one for clients (extended key usage clientAuth): ${ONBOARD}`,
    reason: "certificate-not-for-clients",
  },
};

const presented = new WeakMap<TLSSocket, PresentedCertificate | Unproven>();

/** The certificate of this connection, or why it proves nothing. */
export function presentedCertificate(socket: TLSSocket): PresentedCertificate | Unproven {
  let known = presented.get(socket);
  if (known === undefined) {
    known = read(socket);
    presented.set(socket, known);
  }
  return known;
}

function read(socket: TLSSocket): PresentedCertificate | Unproven {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) {
    return { message: `the gateway wants a client certificate: ${ONBOARD}`, reason: "no-certificate" };
  }
  if (!socket.authorized) {
    const code = String(socket.authorizationError);
    const notTrusted: Unproven = {
      message: `your client certificate is not from this installation (${code}): ${ONBOARD}`,
      reason: "certificate-not-trusted",
    };
    return UNPROVEN[code] ?? notTrusted;
  }
  // OpenSSL takes a certificate without the extension for one that may do everything.
  const usages = certificate.keyUsage as string[] | undefined;
  if (certificate.ca || usages?.length !== 1 || usages[0] !== CLIENT_AUTH) return UNPROVEN.INVALID_PURPOSE!;
  const subject = certificate.toLegacyObject().subject as unknown as Record<string, unknown>;
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  return {
    serial: certificate.serialNumber.toLowerCase().padStart(32, "0"),
    developerId: text(subject.CN),
    role: text(subject.OU),
    organisation: text(subject.O),
    notBeforeMs: Date.parse(certificate.validFrom),
    notAfterMs: Date.parse(certificate.validTo),
  };
}
