/** The field's prime (RFC 8032, 5.1). */
const PRIME = 2n ** 255n - 19n;

const ORDER_8_Y = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;

/** The y coordinates of the eight points whose order divides 8. */
const SMALL_ORDER_Y = new Set([0n, 1n, PRIME - 1n, ORDER_8_Y, PRIME - ORDER_8_Y]);

/**
 * Whether an encoded point (RFC 8032, 5.1.2) is no honest key: of small order, so that signatures can be made without a key, or a
 * coordinate beyond the field, so that two programs may disagree on it.
 */
export function isWeakEd25519Point(encoded: Buffer): boolean {
  const bigEndian = Buffer.from(encoded).reverse();
  const y = BigInt(`0x${bigEndian.toString("hex")}`) & (2n ** 255n - 1n);
  return y >= PRIME || SMALL_ORDER_Y.has(y);
}
