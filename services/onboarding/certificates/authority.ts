import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";

/** The CA that signs developers' certificates, and the root that clients trust. */
export interface IssuingAuthority {
  certificate: X509Certificate;
  certificatePem: string;
  key: KeyObject;
  root: X509Certificate;
  rootPem: string;
}

/** A certificate is not worth much that ends before its developer would renew it. */
const SHORTEST_REMAINING_MS = 24 * 60 * 60 * 1_000;

/**
 * Puts the CA together from its PEM files.
 * @throws Error where one cannot be read, or where they do not belong together.
 */
export function readAuthority(rootPem: string, certificatePem: string, keyPem: string): IssuingAuthority {
  const root = readCertificate(rootPem, "the root certificate");
  const certificate = readCertificate(certificatePem, "the issuing certificate");
  let key: KeyObject;
  try {
    key = createPrivateKey(keyPem);
  } catch (error) {
    throw new Error("onboarding: the issuing CA's key is no unencrypted private key in PEM", {
      cause: error,
    });
  }
  if (!certificate.checkPrivateKey(key)) {
    throw new Error(
      "onboarding: the issuing CA's key is not the key of its certificate: give both from one issue",
    );
  }
  if (!certificate.ca || !root.ca || !certificate.checkIssued(root) || !certificate.verify(root.publicKey)) {
    throw new Error("onboarding: the issuing certificate is no CA that the root certificate has signed");
  }
  return { certificate, certificatePem: certificate.toString(), key, root, rootPem: root.toString() };
}

function readCertificate(pem: string, what: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new Error(`onboarding: ${what} cannot be read as PEM`, { cause: error });
  }
}

/** Why the CA cannot sign now; undefined when it can. */
export function authorityProblem(
  { certificate, root }: IssuingAuthority,
  now = new Date(),
): string | undefined {
  for (const [what, { validFrom, validTo }] of [
    ["issuing CA's", certificate],
    ["root's", root],
  ] as const) {
    if (now < new Date(validFrom))
      return `the ${what} certificate is not valid before ${validFrom}: check the clock`;
    if (new Date(validTo).getTime() - now.getTime() < SHORTEST_REMAINING_MS) {
      return `the ${what} certificate ends at ${validTo}: renew it by an \`up\` of the stack`;
    }
  }
  return undefined;
}
