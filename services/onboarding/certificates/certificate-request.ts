import { AsnConvert } from "@peculiar/asn1-schema";
import { AlgorithmIdentifier } from "@peculiar/asn1-x509";
import { createHash, type KeyObject } from "node:crypto";
import { isSignedBy } from "../../../plugins/tls/signature";
import { Refusal } from "../refusal";
import { readAcceptedKey } from "./accepted-key";
import { childrenOf, readDer, type DerElement } from "./der";

/** All that the service takes from a request: its key. Names, uses and validity it asks for are not even read. */
export interface RequestedKey {
  publicKey: KeyObject;
  /** SHA-256 of the SubjectPublicKeyInfo: by this a key is known again. */
  keyHash: Buffer;
}

/** Longest accepted request: RSA of 8192 bits with a few names takes 4 KiB. */
export const LONGEST_CSR = 8_192;

/** One block and nothing else (RFC 7468, 7): what stands beside it, somebody else might read. */
const ONLY_BLOCK =
  /^\s*-----BEGIN CERTIFICATE REQUEST-----\r?\n((?:[A-Za-z0-9+/=]{1,76}\r?\n)+)-----END CERTIFICATE REQUEST-----\s*$/;

/** Signatures that go with each kind of key (RFC 5480, RFC 4055, RFC 8410). */
const SIGNATURES: Record<string, string> = {
  rsa: "1.2.840.113549.1.1.",
  ec: "1.2.840.10045.4.3.",
  ed25519: "1.3.101.112",
};

/**
 * Reads a PKCS#10 request (RFC 2986) and verifies that whoever made it has the key.
 * @throws Refusal (invalid_csr) that says what is wrong and never repeats the request.
 */
export function readCertificateRequest(pem: string): RequestedKey {
  try {
    return read(pem);
  } catch (error) {
    throw new Refusal(400, "invalid_csr", `The certificate request is refused: ${(error as Error).message}.`);
  }
}

function read(pem: string): RequestedKey {
  const { signed, spki, algorithm, signature } = takeApart(decode(pem));
  const publicKey = readAcceptedKey(spki);
  const family = SIGNATURES[publicKey.asymmetricKeyType ?? ""];
  if (family === undefined || !algorithm.algorithm.startsWith(family)) {
    throw new Error("its signature is of another kind than its key");
  }
  if (!isSignedBy(bytesOf(signed), bytesOf(signature), algorithm, publicKey, "it")) {
    throw new Error("it is not signed by its own key: make the request again with the key that it is for");
  }
  return { publicKey, keyHash: createHash("sha256").update(spki).digest() };
}

function decode(pem: string): Buffer {
  const found = ONLY_BLOCK.exec(pem);
  const text = found?.[1]?.replaceAll(/\r?\n/g, "");
  if (text === undefined) {
    throw new Error('it is not one PEM block "-----BEGIN CERTIFICATE REQUEST-----" and nothing else');
  }
  const der = Buffer.from(text, "base64");
  if (der.toString("base64") !== text) throw new Error("its base64 is not in its only form");
  return der;
}

/** Tags of ASN.1 (X.680, 8.4) that a request is made of. */
const SEQUENCE = 0x30;
const BIT_STRING = 0x03;
const INTEGER = 0x02;
const ATTRIBUTES = 0xa0;

interface Parts {
  signed: Buffer;
  spki: Buffer;
  algorithm: AlgorithmIdentifier;
  signature: Buffer;
}

/** RFC 2986, 4: exactly these parts in this order. Name and attributes are passed over. */
function takeApart(der: Buffer): Parts {
  const request = readDer(der);
  const [info, algorithm, signature] = partsOf(request, [SEQUENCE, SEQUENCE, BIT_STRING]);
  const [version, , spki] = partsOf(info, [INTEGER, SEQUENCE, SEQUENCE, ATTRIBUTES]);
  if (version?.content.toString("hex") !== "00")
    throw new Error("it is of a version that PKCS#10 does not have");
  // The first byte of a bit string counts unused bits, which signatures do not have.
  if (!info || !algorithm || !spki || signature?.content[0] !== 0) throw noRequest();
  return {
    signed: info.whole,
    spki: spki.whole,
    algorithm: AsnConvert.parse(algorithm.whole, AlgorithmIdentifier),
    signature: signature.content.subarray(1),
  };
}

function partsOf(element: DerElement | undefined, tags: number[]): DerElement[] {
  const parts = element?.tag === SEQUENCE ? childrenOf(element.content) : [];
  if (parts.length !== tags.length || parts.some(({ tag }, index) => tag !== tags[index])) throw noRequest();
  return parts;
}

function noRequest(): Error {
  return new Error("it is no PKCS#10 certificate request");
}

function bytesOf(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}
