import { createPublicKey, type KeyObject } from "node:crypto";
import { isWeakEd25519Point } from "./ed25519-points";

const SHORTEST_RSA_BITS = 3_072;
const LONGEST_RSA_BITS = 8_192;
/** Almost every key has 65537; a larger one only slows every handshake down (NIST SP 800-56B, 6.2). */
const RSA_EXPONENT = { least: 65_537n, most: 2n ** 32n };
const SMALL_PRIMES_PRODUCT = product([
  3n,
  5n,
  7n,
  11n,
  13n,
  17n,
  19n,
  23n,
  29n,
  31n,
  37n,
  41n,
  43n,
  47n,
  53n,
]);

/**
 * What stands before the two coordinates: algorithm, curve by its name and the mark of an uncompressed point (RFC 5480, 2; SEC 1,
 * 2.3.3). OpenSSL would also take the curve by its parameters, and other forms of the point.
 */
const CURVE_HEADS = [
  { head: "3059301306072a8648ce3d020106082a8648ce3d03010703420004", bytes: 91 },
  { head: "3076301006072a8648ce3d020106052b8104002203620004", bytes: 120 },
];

const ADVICE = "use ECDSA on P-256 or P-384, Ed25519, or RSA of 3072 to 8192 bits";

/**
 * Reads the public key of a request (SubjectPublicKeyInfo in DER) and refuses what a certificate must not carry: other algorithms, short
 * or absurd keys, points that are not on their curve, and forms that another program could read differently.
 * @throws Error that says what is wrong with the key.
 */
export function readAcceptedKey(spki: Buffer): KeyObject {
  let key: KeyObject;
  let again: Buffer;
  try {
    key = createPublicKey({ key: spki, format: "der", type: "spki" });
    again = key.export({ format: "der", type: "spki" });
  } catch (error) {
    throw new Error(`its public key cannot be read: ${ADVICE}`, { cause: error });
  }
  // In one form only: what is written again must be what came.
  if (!again.equals(spki)) throw new Error(`its public key is not in the usual form: ${ADVICE}`);
  if (key.asymmetricKeyType === "rsa") checkRsa(key);
  else if (key.asymmetricKeyType === "ec") checkCurve(spki);
  else if (key.asymmetricKeyType === "ed25519") checkEd25519(spki);
  else throw new Error(`its public key is of a type that is not accepted: ${ADVICE}`);
  return key;
}

function checkRsa(key: KeyObject): void {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < SHORTEST_RSA_BITS)
    throw new Error(`its RSA key has ${modulusLength} bits, too few: ${ADVICE}`);
  if (modulusLength > LONGEST_RSA_BITS)
    throw new Error(`its RSA key has ${modulusLength} bits, too many: ${ADVICE}`);
  const isOdd = publicExponent % 2n === 1n;
  if (!isOdd || publicExponent < RSA_EXPONENT.least || publicExponent > RSA_EXPONENT.most) {
    throw new Error("its RSA key has an exponent that is not accepted: make a key with the exponent 65537");
  }
  const modulus = BigInt(
    `0x${Buffer.from(key.export({ format: "jwk" }).n ?? "", "base64url").toString("hex")}`,
  );
  if (modulus % 2n === 0n || greatestCommonDivisor(modulus, SMALL_PRIMES_PRODUCT) !== 1n) {
    throw new Error("its RSA key is no product of two large primes: make a new key");
  }
}

/** OpenSSL has checked that the point is on the curve, whose order is prime. */
function checkCurve(spki: Buffer): void {
  const isKnown = CURVE_HEADS.some(
    ({ head, bytes }) => spki.length === bytes && spki.toString("hex").startsWith(head),
  );
  if (!isKnown)
    throw new Error(`its curve is not accepted, or its point is not an uncompressed one: ${ADVICE}`);
}

function checkEd25519(spki: Buffer): void {
  if (isWeakEd25519Point(spki.subarray(-32))) {
    throw new Error("its Ed25519 key is one for which anybody can sign: make a new key");
  }
}

function product(numbers: bigint[]): bigint {
  return numbers.reduce((all, number) => all * number, 1n);
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}
