/** Encryption of a developer's own secrets on the laptop: AES-256-GCM (NIST SP 800-38D) under a key of RFC 5869. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
/** A fresh random one for each value (SP 800-38D, 8.2.2). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * A key for one purpose, from the key that the server gave this developer.
 * @param purpose another one gives an unrelated key.
 */
export function derivedKey(secretsEncryption: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secretsEncryption, Buffer.alloc(0), purpose, KEY_BYTES));
}

/**
 * Encrypts a text.
 * @param what whose it is: it opens as that and nothing else, so that two values cannot be swapped in the file.
 * @returns nonce, ciphertext and tag as base64.
 */
export function seal(key: Buffer, what: string, text: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(what));
  const content = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, content, cipher.getAuthTag()]).toString("base64");
}

/** @throws Error where the key is another, or where anything was changed. */
export function unseal(key: Buffer, what: string, sealed: string): string {
  const all = Buffer.from(sealed, "base64");
  if (all.length < NONCE_BYTES + TAG_BYTES) throw new Error("it is cut off");
  const [nonce, tag] = [all.subarray(0, NONCE_BYTES), all.subarray(-TAG_BYTES)];
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(what)).setAuthTag(tag);
  const content = all.subarray(NONCE_BYTES, -TAG_BYTES);
  return Buffer.concat([decipher.update(content), decipher.final()]).toString("utf8");
}
