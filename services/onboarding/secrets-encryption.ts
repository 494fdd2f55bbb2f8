import { hkdfSync } from "node:crypto";

/** A developer's own key for secrets on the laptop: 64 hex characters, the same at every onboarding, derived (RFC 5869) and so never stored. */
export function secretsEncryption(secretsKey: Buffer, prefix: string, developerId: string): string {
  const purpose = `berth secrets-encryption\0${prefix}\0${developerId}`;
  return Buffer.from(hkdfSync("sha256", secretsKey, Buffer.alloc(0), purpose, 32)).toString("hex");
}
