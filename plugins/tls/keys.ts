import { createPrivateKey, type KeyObject } from "node:crypto";
import { firstBlock } from "./pem";

/** Algorithm names as the resources' inputs and outputs have them. */
export type Algorithm = "RSA" | "ECDSA" | "ED25519";

/** Curve names of the inputs, with what OpenSSL calls them (RFC 5480, 2.1.1.1). */
export const CURVES: Record<string, string> = {
  P224: "secp224r1",
  P256: "prime256v1",
  P384: "secp384r1",
  P521: "secp521r1",
};

const KEY_LABELS = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"];

/**
 * Reads a private key in PEM: PKCS#8, PKCS#1 or SEC 1.
 *
 * @param input names the property in the error; the key itself never appears there.
 * @throws Error for what is no such key, is encrypted, or is of a type that we do not know.
 */
export function readPrivateKey(pem: string, input: string): KeyObject {
  const block = firstBlock(pem);
  const advice = "give an unencrypted PKCS#8, PKCS#1 or SEC 1 key";
  if (!block) throw new Error(`${input} is no private key in PEM: ${advice}`);
  if (!KEY_LABELS.includes(block.label)) {
    throw new Error(`${input} is no private key in PEM but has a ${block.label}: ${advice}`);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(block.text);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new Error(`${input} is no private key in PEM (${code}): ${advice}`, { cause: error });
  }
  algorithmOf(key, input);
  return key;
}

/**
 * The algorithm of a private or public key, as the resources name it.
 *
 * @throws Error for other types and curves.
 */
export function algorithmOf(key: KeyObject, input: string): Algorithm {
  const type = key.asymmetricKeyType;
  if (type === "rsa") return "RSA";
  if (type === "ed25519") return "ED25519";
  const curve = key.asymmetricKeyDetails?.namedCurve ?? "";
  if (type === "ec" && Object.values(CURVES).includes(curve)) return "ECDSA";
  throw new Error(
    `${input} has a key of type ${[type, curve].filter(Boolean).join(" ")}, which is not supported: ` +
      `use RSA, ED25519, or ECDSA on ${Object.keys(CURVES).join(", ")}`,
  );
}
