/** Requests that must never become a certificate, each with why it is refused. */
import { createECDH, generateKeyPairSync, sign } from "node:crypto";
import {
  bitString,
  der,
  ECDSA_SHA256,
  ecKey,
  ED25519,
  integer,
  NULL,
  oid,
  pem,
  requestDer,
  RSA_SHA256,
  rsaKey,
  sequence,
  spkiOf,
} from "./request-builder";

/** What it is, the PEM, and what the refusal says. */
export type Hostile = [what: string, csrPem: string, why: RegExp];

const FIELD = 2n ** 255n - 19n;
const ORDER_8_Y = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const P256_OID = oid("1.2.840.10045.3.1.7");
const EC_OID = oid("1.2.840.10045.2.1");
const RSA_OID = oid("1.2.840.113549.1.1.1");

const key = ecKey();
const good = requestDer({ key });
const strong = rsaKey(3_072);
const modulus = BigInt(
  `0x${Buffer.from(strong.export({ format: "jwk" }).n ?? "", "base64url").toString("hex")}`,
);

const ofKey = (spki: Buffer, algorithm = ECDSA_SHA256): string => pem(requestDer({ key, spki, algorithm }));
const rsa = (n: bigint | Buffer, e: bigint | Buffer, head: Buffer = sequence(RSA_OID, NULL)): string =>
  ofKey(sequence(head, bitString(sequence(integer(n), integer(e)))), RSA_SHA256);
const point = (bytes: Buffer, parameters: Buffer = P256_OID): string =>
  ofKey(sequence(sequence(EC_OID, parameters), bitString(bytes)));
const uncompressed = spkiOf(key).subarray(-65);
const edKey = (y: bigint, sign = 0): string =>
  edBytes(Buffer.from((y | (BigInt(sign) << 255n)).toString(16).padStart(64, "0"), "hex").reverse());
const edBytes = (bytes: Buffer): string => ofKey(sequence(ED25519, bitString(bytes)), ED25519);
const nested = (depth: number): Buffer => (depth === 0 ? NULL : sequence(nested(depth - 1)));
const curve = (name: string): Hostile => [
  `a key on ${name}`,
  pem(requestDer({ key: ecKey(name) })),
  /curve is not accepted/,
];

const weakKeys = (): Hostile[] => [
  ["RSA of 1024 bits", pem(requestDer({ key: rsaKey(1_024), algorithm: RSA_SHA256 })), /1024 bits, too few/],
  ["RSA of 2048 bits", pem(requestDer({ key: rsaKey(2_048), algorithm: RSA_SHA256 })), /2048 bits, too few/],
  ["RSA of 3071 bits", rsa((modulus >> 1n) | 1n, 65_537n), /3071 bits, too few/],
  ["RSA of 16384 bits", rsa(2n ** 16_383n + 1n, 65_537n), /too many|cannot be read/],
  ["RSA with exponent 3", rsa(modulus, 3n), /exponent/],
  ["RSA with exponent 1", rsa(modulus, 1n), /exponent|cannot be read/],
  ["RSA with exponent 0", rsa(modulus, 0n), /exponent|cannot be read/],
  ["RSA with an even exponent", rsa(modulus, 65_538n), /exponent/],
  ["RSA with an exponent as long as the modulus", rsa(modulus, modulus - 2n), /exponent|cannot be read/],
  ["RSA with an even modulus", rsa(modulus - 1n, 65_537n), /two large primes|cannot be read/],
  [
    "RSA with a modulus that 3 divides",
    rsa(modulus - (modulus % 3n), 65_537n),
    /two large primes|cannot be read/,
  ],
  [
    "RSA with a negative modulus",
    rsa(Buffer.alloc(384, 0xff), 65_537n),
    /usual form|cannot be read|two large primes/,
  ],
  [
    "RSA with zeros before its modulus",
    rsa(Buffer.concat([Buffer.alloc(9), Buffer.alloc(384, 0x7f)]), 65_537n),
    /usual form|cannot be read/,
  ],
  [
    "RSA without the parameters it must have",
    rsa(modulus, 65_537n, sequence(RSA_OID)),
    /usual form|cannot be read/,
  ],
  [
    "an RSA-PSS key",
    rsa(modulus, 65_537n, sequence(oid("1.2.840.113549.1.1.10"))),
    /type that is not accepted|cannot be read/,
  ],
  ...["secp224r1", "secp521r1", "secp256k1", "brainpoolP256r1", "prime192v1"].map(curve),
  ["a curve by its parameters", pem(requestDer({ key: explicitCurve() })), /curve|usual form|cannot be read/],
  ["a curve that is left out", point(uncompressed, NULL), /cannot be read/],
  ["a compressed point", point(compressed()), /uncompressed|usual form/],
  [
    "a hybrid point",
    point(Buffer.concat([Buffer.from([6 + ((uncompressed[64] ?? 0) & 1)]), uncompressed.subarray(1)])),
    /uncompressed|usual form/,
  ],
  ["the point at infinity", point(Buffer.from([0])), /cannot be read|uncompressed/],
  [
    "a point off the curve",
    point(Buffer.concat([uncompressed.subarray(0, 64), Buffer.from([(uncompressed[64] ?? 0) ^ 1])])),
    /cannot be read/,
  ],
  [
    "a point with coordinates beyond the field",
    point(Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 0xff)])),
    /cannot be read/,
  ],
  ["a point that is cut off", point(uncompressed.subarray(0, 33)), /cannot be read/],
  ["Ed25519 of order 4", edKey(0n), /anybody can sign/],
  ["Ed25519 of order 4, the other one", edKey(0n, 1), /anybody can sign/],
  ["Ed25519 of order 1", edKey(1n), /anybody can sign/],
  ["Ed25519 of order 2", edKey(FIELD - 1n), /anybody can sign/],
  ["Ed25519 of order 8", edKey(ORDER_8_Y), /anybody can sign/],
  ["Ed25519 of order 8, negated", edKey(FIELD - ORDER_8_Y, 1), /anybody can sign/],
  ["Ed25519 beyond its field", edKey(FIELD + 1n), /anybody can sign/],
  ["Ed25519 of 31 bytes", edBytes(Buffer.alloc(31, 7)), /cannot be read/],
  [
    "Ed25519 with parameters",
    ofKey(sequence(sequence(oid("1.3.101.112"), NULL), bitString(Buffer.alloc(32, 7))), ED25519),
    /cannot be read|usual form/,
  ],
  [
    "Ed448",
    pem(requestDer({ key: generateKeyPairSync("ed448").privateKey, digest: null })),
    /type that is not accepted/,
  ],
  [
    "a key that cannot sign",
    ofKey(spkiOf(generateKeyPairSync("x25519").privateKey)),
    /type that is not accepted/,
  ],
];

function explicitCurve(): ReturnType<typeof ecKey> {
  return generateKeyPairSync("ec", { namedCurve: "P-256", paramEncoding: "explicit" }).privateKey;
}

function compressed(): Buffer {
  const pair = createECDH("prime256v1");
  pair.generateKeys();
  return pair.getPublicKey(null, "compressed");
}

const wrongProofs = (): Hostile[] => [
  ["another key's signature", pem(requestDer({ key, spki: spkiOf(ecKey()) })), /not signed by its own key/],
  ["a signature with a flipped bit", pem(flipped(good, good.length - 1)), /not signed by its own key/],
  ["no signature", pem(requestDer({ key, signature: Buffer.alloc(0) })), /not signed by its own key/],
  [
    "a signature of zeros",
    pem(requestDer({ key, signature: sequence(integer(0n), integer(0n)) })),
    /not signed by its own key/,
  ],
  [
    "a name that changed after the signing",
    pem(flipped(good, good.indexOf("root"))),
    /not signed by its own key/,
  ],
  [
    "an RSA signature by name, of an EC key",
    pem(requestDer({ key, algorithm: RSA_SHA256 })),
    /another kind than its key/,
  ],
  [
    "an Ed25519 signature by name, of an EC key",
    pem(requestDer({ key, algorithm: ED25519 })),
    /another kind than its key/,
  ],
  [
    "an ECDSA signature by name, of an RSA key",
    pem(requestDer({ key: strong })),
    /another kind than its key/,
  ],
  [
    "ECDSA with SHA-1",
    pem(requestDer({ key, digest: "sha1", algorithm: sequence(oid("1.2.840.10045.4.1")) })),
    /another kind|not accepted/,
  ],
  [
    "RSA with SHA-1",
    pem(requestDer({ key: strong, digest: "sha1", algorithm: sequence(oid("1.2.840.113549.1.1.5"), NULL) })),
    /not accepted/,
  ],
  [
    "RSA with MD5",
    pem(requestDer({ key: strong, digest: "md5", algorithm: sequence(oid("1.2.840.113549.1.1.4"), NULL) })),
    /not accepted/,
  ],
  [
    "a digest that is not the named one",
    pem(requestDer({ key, digest: "sha384" })),
    /not signed by its own key/,
  ],
  [
    "the signature of another request",
    pem(requestDer({ key, signature: sign("sha256", Buffer.from("other"), key) })),
    /not signed by its own key/,
  ],
];

function flipped(content: Buffer, at: number): Buffer {
  const copy = Buffer.from(content);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

const wrongForms = (): Hostile[] => [
  ["no PEM", "01", /PEM block/],
  ["an empty block", "-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n", /PEM block/],
  ["two blocks", pem(good) + pem(good), /PEM block/],
  ["text before the block", `Subject: CN=root\nAttributes: none\n${pem(good)}`, /PEM block/],
  ["headers in the block", pem(good).replace("\n", "\nProc-Type: 4,ENCRYPTED\n\n"), /PEM block/],
  ["a certificate", pem(good, "CERTIFICATE"), /PEM block/],
  ["a private key", pem(good, "PRIVATE KEY"), /PEM block/],
  ["a NUL in the block", pem(good).replace("M", "\0"), /PEM block/],
  ["base64 that goes on behind its end", pem(good).replace("\n-----END", "====\n-----END"), /only form/],
  ["random bytes", pem(Buffer.from("0f".repeat(200), "hex")), /refused/],
  ["bytes behind the end", pem(Buffer.concat([good, Buffer.alloc(4)])), /behind its end/],
  ["the second half missing", pem(good.subarray(0, good.length / 2)), /longer than the whole/],
  [
    "no attributes at all, not even an empty set",
    pem(requestDer({ key, attributes: Buffer.alloc(0) })),
    /no PKCS#10/,
  ],
  ["another element in it", pem(requestDer({ key, extra: NULL })), /no PKCS#10/],
  [
    "an indefinite length",
    pem(Buffer.concat([Buffer.from([0x30, 0x80]), good.subarray(3), Buffer.alloc(2)])),
    /indefinite/,
  ],
  [
    "a length that is not the shortest",
    pem(Buffer.concat([Buffer.from([0x30, 0x82, 0x00]), good.subarray(2)])),
    /shortest form/,
  ],
  [
    "a length of 4 GiB",
    pem(Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30, 0])),
    /longer than the whole/,
  ],
  ["parts nested 500 deep", pem(requestDer({ key, attributes: der(0xa0, nested(500)) })), /nested too deep/],
  [
    "a thousand parts",
    pem(requestDer({ key, attributes: der(0xa0, Buffer.concat(Array.from({ length: 1_000 }, () => NULL))) })),
    /too many parts/,
  ],
  ["a long tag", pem(requestDer({ key, attributes: Buffer.from([0xbf, 0x81, 0x00, 0x00]) })), /tag/],
  ["version 2", pem(requestDer({ key, version: integer(1n) })), /version/],
  ["another tag for the whole", pem(Buffer.concat([Buffer.from([0xb0]), good.subarray(1)])), /no PKCS#10/],
  ["a negative version", pem(requestDer({ key, version: integer(Buffer.from([0xff])) })), /version/],
  ["no name", pem(requestDer({ key, name: Buffer.alloc(0) })), /no PKCS#10/],
  ["only a sequence", pem(sequence()), /no PKCS#10/],
];

/** The whole table. */
export const hostileRequests = (): Hostile[] => [...weakKeys(), ...wrongProofs(), ...wrongForms()];
