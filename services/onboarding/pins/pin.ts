import { createHmac, randomBytes } from "node:crypto";

/** Crockford's base32: no letter that is read as another, none that makes words. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 10;

/** What people type for a letter that the alphabet leaves out (Crockford's decoding table). */
const READ_AS: Record<string, string> = { O: "0", I: "1", L: "1" };

/** A new PIN of 50 random bits, as people read it: `7K3QD-9WXAM`. */
export function newPin(): string {
  // 256 is a multiple of 32, so each letter is as likely as the others.
  const letters = [...randomBytes(LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length] ?? "");
  return `${letters.slice(0, LENGTH / 2).join("")}-${letters.slice(LENGTH / 2).join("")}`;
}

/** A PIN as it is compared: upper case, without hyphens and spaces, look-alikes taken for what was meant. */
export function normalisePin(text: string): string {
  return text
    .toUpperCase()
    .replaceAll(/[\s-]/g, "")
    .replaceAll(/[OIL]/g, (letter) => READ_AS[letter] ?? letter);
}

/**
 * What is stored of a PIN. Keyed, because 50 bits can be searched: whoever reads the database alone learns nothing. The developer's id is
 * in it, so that one's PIN is worth nothing under another's name.
 */
export function hashPin(pinKey: Buffer, developerId: string, pin: string): Buffer {
  return createHmac("sha256", pinKey)
    .update(`${developerId}\0${normalisePin(pin)}`)
    .digest();
}
