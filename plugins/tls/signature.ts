import { AlgorithmIdentifier } from "@peculiar/asn1-x509";
import { sign, verify, type KeyObject } from "node:crypto";

interface SignatureKind {
  oid: string;
  /** Null where the algorithm has its own. */
  digest: string | null;
  /** Parameters are NULL for RSA (RFC 4055, 5) and absent for others (RFC 5758, 3.2; RFC 8410, 3). */
  parameters: null | undefined;
}

const rsa = (digest: string, oid: string): SignatureKind => ({ oid, digest, parameters: null });
const ecdsa = (digest: string, oid: string): SignatureKind => ({ oid, digest, parameters: undefined });

const RSA_SHA256 = rsa("sha256", "1.2.840.113549.1.1.11");
const ECDSA_SHA256 = ecdsa("sha256", "1.2.840.10045.4.3.2");
const ECDSA_SHA384 = ecdsa("sha384", "1.2.840.10045.4.3.3");
const ECDSA_SHA512 = ecdsa("sha512", "1.2.840.10045.4.3.4");
const ED25519: SignatureKind = { oid: "1.3.101.112", digest: null, parameters: undefined };

/** What requests of others may be signed with: nothing that rests on SHA-1. */
const ACCEPTED = [
  RSA_SHA256,
  rsa("sha384", "1.2.840.113549.1.1.12"),
  rsa("sha512", "1.2.840.113549.1.1.13"),
  ECDSA_SHA256,
  ECDSA_SHA384,
  ECDSA_SHA512,
  ED25519,
];

/** The digest goes with the curve's strength, as Go's crypto/x509 chooses it for the official plugin. */
function kindFor(key: KeyObject): SignatureKind {
  if (key.asymmetricKeyType === "rsa") return RSA_SHA256;
  if (key.asymmetricKeyType === "ed25519") return ED25519;
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve === "secp521r1") return ECDSA_SHA512;
  return curve === "secp384r1" ? ECDSA_SHA384 : ECDSA_SHA256;
}

/** How signatures by this key name themselves. */
export function signatureAlgorithm(key: KeyObject): AlgorithmIdentifier {
  const { oid, parameters } = kindFor(key);
  return new AlgorithmIdentifier({ algorithm: oid, parameters });
}

/** Signs as {@link signatureAlgorithm} says. */
export function signBytes(content: ArrayBuffer, key: KeyObject): Buffer {
  return sign(kindFor(key).digest, Buffer.from(content), key);
}

/**
 * Whether the signature is by the key.
 *
 * @throws Error where the algorithm is none that we accept.
 */
export function isSignedBy(
  content: ArrayBuffer,
  signature: ArrayBuffer,
  algorithm: AlgorithmIdentifier,
  publicKey: KeyObject,
  input: string,
): boolean {
  const kind = ACCEPTED.find(({ oid }) => oid === algorithm.algorithm);
  if (!kind) {
    throw new Error(
      `${input} is signed with an algorithm that is not accepted (${algorithm.algorithm}): ` +
        "use RSA or ECDSA with SHA-256 or longer, or ED25519",
    );
  }
  return verify(kind.digest, Buffer.from(content), publicKey, Buffer.from(signature));
}
