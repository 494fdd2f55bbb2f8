/** What can be said of a key and its certificate without asking anybody. */
import { createPrivateKey, X509Certificate } from "node:crypto";

export const DAY_MS = 24 * 60 * 60 * 1_000;

/** A client's identity as it stands in files: all PEM. */
export interface Pair {
  keyPem: string;
  /** The leaf, and the issuing CA's behind it. */
  certPem: string;
  caPem: string;
}

/** Every certificate of a PEM text, in order. */
export function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

/**
 * Why a key, a certificate and a CA are no identity of this developer now; undefined when they are one.
 * @param now for tests.
 */
export function pairProblem(developerId: string, pair: Pair, now = new Date()): string | undefined {
  try {
    const [leaf, ...issuers] = certificatesIn(pair.certPem);
    const [root] = certificatesIn(pair.caPem);
    if (!leaf) return "cert.pem holds no certificate";
    if (!root) return "ca.pem holds no certificate";
    if (!leaf.checkPrivateKey(createPrivateKey(pair.keyPem))) {
      return "key.pem is not the key of cert.pem";
    }
    if (!leaf.subject.split("\n").includes(`CN=${developerId}`)) {
      return `cert.pem is of another developer (${leaf.subject.replaceAll("\n", ", ")})`;
    }
    if (!leadsTo(leaf, issuers, root)) return "cert.pem does not lead to ca.pem";
    if (new Date(leaf.validTo) <= now) return `cert.pem ended at ${new Date(leaf.validTo).toISOString()}`;
    return undefined;
  } catch (error) {
    return `a file cannot be read as PEM (${(error as Error).message})`;
  }
}

/** Whether each certificate is signed by the next, and the last by the root. */
function leadsTo(leaf: X509Certificate, issuers: X509Certificate[], root: X509Certificate): boolean {
  const chain = [leaf, ...issuers.filter(({ raw }) => !raw.equals(root.raw)), root];
  return chain.every((certificate, index) => {
    const issuer = chain[index + 1];
    return !issuer || (issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey));
  });
}

/** SHA-256 of a certificate, in the form that openssl prints. */
export function fingerprintOf(certificatePem: string): string {
  return new X509Certificate(certificatePem).fingerprint256;
}

/** A fingerprint as people paste it (any case, with or without colons) in openssl's form; undefined when it is none. */
export function readFingerprint(text: string): string | undefined {
  const hex = text.replace(/^\s*sha256( fingerprint)?[:=\s]+/i, "").replaceAll(/[:\s]/g, "");
  return /^[0-9a-f]{64}$/i.test(hex) ? hex.toUpperCase().match(/../g)!.join(":") : undefined;
}

/** Lower-case hex of 32 characters, as the operator's lists show it. */
export function serialOf(certPem: string): string {
  return (certificatesIn(certPem)[0]?.serialNumber ?? "").toLowerCase().padStart(32, "0");
}

/** The certificate's end. @throws Error where there is no certificate. */
export function endOf(certPem: string): Date {
  return new Date(new X509Certificate(certPem).validTo);
}
