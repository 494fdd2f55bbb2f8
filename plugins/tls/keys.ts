import { createPrivateKey, webcrypto, type KeyObject } from "node:crypto";

/** Algorithm names as the resources' inputs and outputs have them. */
export type Algorithm = "RSA" | "ECDSA" | "ED25519";

/** Node's names of the key types that we know. */
const ALGORITHMS: Record<string, Algorithm> = { rsa: "RSA", ec: "ECDSA", ed25519: "ED25519" };

/** Curve names of the inputs, with what OpenSSL calls them (RFC 5480, 2.1.1.1). */
export const CURVES: Record<string, string> = {
  P224: "secp224r1",
  P256: "prime256v1",
  P384: "secp384r1",
  P521: "secp521r1",
};

/** Curves of Web Crypto, which signs certificates, with the digest of the curve's own strength (RFC 5480, 4). */
const SIGNING: Record<string, { namedCurve: string; hash: string }> = {
  prime256v1: { namedCurve: "P-256", hash: "SHA-256" },
  secp384r1: { namedCurve: "P-384", hash: "SHA-384" },
  secp521r1: { namedCurve: "P-521", hash: "SHA-512" },
};

/** A private key ready to sign. */
export interface Signer {
  algorithm: Algorithm;
  signingAlgorithm: webcrypto.EcdsaParams | webcrypto.RsaHashedImportParams | webcrypto.Algorithm;
  privateKey: webcrypto.CryptoKey;
  publicKey: webcrypto.CryptoKey;
}

/** Reads a private key in PEM. `input` names the property in the error; the key itself never appears there. */
export function readPrivateKey(pem: string, input: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new Error(
      `${input} is no private key in PEM (${code}): give an unencrypted PKCS#8, PKCS#1 or SEC 1 key`,
      {
        cause: error,
      },
    );
  }
}

/** The algorithm of a key, as the resources name it. */
export function algorithmOf(key: KeyObject): Algorithm {
  const algorithm = ALGORITHMS[key.asymmetricKeyType ?? ""];
  if (!algorithm)
    throw new Error(`keys of type ${key.asymmetricKeyType} are not supported: use RSA, ECDSA or ED25519`);
  return algorithm;
}

/** Prepares a key in PEM for signing requests and certificates. */
export async function signerOf(pem: string, input: string): Promise<Signer> {
  const key = readPrivateKey(pem, input);
  const algorithm = algorithmOf(key);
  const { imported, signing } = parametersOf(key, algorithm, input);
  const der = key.export({ format: "der", type: "pkcs8" });
  const privateKey = await webcrypto.subtle.importKey("pkcs8", der, imported, true, ["sign"]);
  const jwk = await webcrypto.subtle.exportKey("jwk", privateKey);
  const { kty, crv, x, y, n, e } = jwk;
  const publicKey = await webcrypto.subtle.importKey("jwk", { kty, crv, x, y, n, e }, imported, true, [
    "verify",
  ]);
  return { algorithm, signingAlgorithm: signing, privateKey, publicKey };
}

function parametersOf(
  key: KeyObject,
  algorithm: Algorithm,
  input: string,
): {
  imported: webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams | webcrypto.Algorithm;
  signing: Signer["signingAlgorithm"];
} {
  switch (algorithm) {
    case "RSA": {
      const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
      return { imported: rsa, signing: rsa };
    }
    case "ED25519":
      return { imported: { name: "Ed25519" }, signing: { name: "Ed25519" } };
    case "ECDSA": {
      const curve = key.asymmetricKeyDetails?.namedCurve ?? "";
      const found = SIGNING[curve];
      if (!found)
        throw new Error(
          `${input} is on the curve ${curve}, which cannot sign certificates here: use P256, P384 or P521`,
        );
      return {
        imported: { name: "ECDSA", namedCurve: found.namedCurve },
        signing: { name: "ECDSA", hash: found.hash },
      };
    }
  }
}
