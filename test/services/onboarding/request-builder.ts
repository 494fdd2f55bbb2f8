/** Builds certificate requests byte by byte, so that each can be wrong in one place. */
import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";

/** One DER element. */
export function der(tag: number, ...parts: (Buffer | number[])[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([tag]), derLength(content.length), content]);
}

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

export const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
export const bitString = (content: Buffer): Buffer => der(0x03, [0], content);
export const NULL = Buffer.from([5, 0]);

/** A positive or, with its first bit set and no zero before it, negative integer. */
export function integer(value: bigint | Buffer): Buffer {
  if (Buffer.isBuffer(value)) return der(0x02, value);
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return der(0x02, ((bytes[0] ?? 0) & 0x80) !== 0 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((number) => {
    const septets = [number & 0x7f];
    for (let left = number >>> 7; left > 0; left >>>= 7) septets.unshift((left & 0x7f) | 0x80);
    return septets;
  });
  return der(0x06, bytes);
}

export const NAME = sequence(der(0x31, sequence(oid("2.5.4.3"), der(0x13, Buffer.from("root")))));
export const ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
export const RSA_SHA256 = sequence(oid("1.2.840.113549.1.1.11"), NULL);
export const ED25519 = sequence(oid("1.3.101.112"));

export const ecKey = (namedCurve = "P-256"): KeyObject =>
  generateKeyPairSync("ec", { namedCurve }).privateKey;
export const rsaKey = (modulusLength: number, publicExponent = 65_537): KeyObject =>
  generateKeyPairSync("rsa", { modulusLength, publicExponent }).privateKey;

export function spkiOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: "der", type: "spki" });
}

export interface RequestParts {
  key?: KeyObject;
  version?: Buffer;
  name?: Buffer;
  spki?: Buffer;
  attributes?: Buffer;
  algorithm?: Buffer;
  digest?: string | null;
  /** Instead of the key's own. */
  signature?: Buffer;
  /** Behind the signature, within the request. */
  extra?: Buffer;
}

/** A request in DER; without parts, one that is accepted. */
export function requestDer(parts: RequestParts = {}): Buffer {
  const key = parts.key ?? ecKey();
  const info = sequence(
    parts.version ?? integer(0n),
    parts.name ?? NAME,
    parts.spki ?? spkiOf(key),
    parts.attributes ?? der(0xa0),
  );
  const digest = parts.digest === undefined ? "sha256" : parts.digest;
  const signature = parts.signature ?? sign(digest, info, key);
  return sequence(
    info,
    parts.algorithm ?? ECDSA_SHA256,
    bitString(signature),
    parts.extra ?? Buffer.alloc(0),
  );
}

export function pem(content: Buffer, label = "CERTIFICATE REQUEST"): string {
  const lines = content.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** A new key on P-256 and a request for it, without the start of a process. */
export function quickRequest(): { keyPem: string; csrPem: string } {
  const key = ecKey();
  return {
    keyPem: key.export({ format: "pem", type: "pkcs8" }).toString(),
    csrPem: pem(requestDer({ key })),
  };
}
