/** The age file format (https://age-encryption.org/v1) for what several developers share. */
import { derivedKey } from "./sealed";

/** A developer's age identity and its public half. */
export interface AgeIdentity {
  /** `AGE-SECRET-KEY-1…`: as secret as the key that it is derived from. */
  identity: string;
  /** `age1…`: what others encrypt to. */
  recipient: string;
}

/** Both are modules of ECMAScript's own kind, and loaded when they are used: nothing else needs them. */
const age = () => import("age-encryption");
const bech32 = async () => (await import("@scure/base")).bech32;

/** The identity of a developer: derived, so that nothing more has to be kept and the same one is there after every onboarding. */
export async function ageIdentity(secretsEncryption: string): Promise<AgeIdentity> {
  const scalar = derivedKey(secretsEncryption, "berth project secrets, age X25519 identity");
  const identity = (await bech32()).encodeFromBytes("AGE-SECRET-KEY-", scalar).toUpperCase();
  return { identity, recipient: await (await age()).identityToRecipient(identity) };
}

/** Why a text is nobody's recipient; undefined when it is one. */
export async function recipientProblem(text: string): Promise<string | undefined> {
  try {
    const { prefix, bytes } = (await bech32()).decodeToBytes(text);
    if (prefix === "age" && bytes.length === 32) return undefined;
  } catch {
    // Said below: what exactly is wrong with it helps nobody.
  }
  return `'${text}' is no recipient: give the age1… that \`berth secrets recipients\` shows at the developer's`;
}

/** Encrypts to every recipient. @returns base64 of a file that the age command opens, too. */
export async function encryptTo(recipients: string[], text: string): Promise<string> {
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return Buffer.from(await encrypter.encrypt(text)).toString("base64");
}

/** @throws Error where it was not encrypted to this identity, or was changed. */
export async function decryptWith({ identity }: AgeIdentity, sealed: string): Promise<string> {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(Buffer.from(sealed, "base64"), "text");
}
