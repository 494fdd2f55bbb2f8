import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/**
 * Passwords derived from one secret key that is made once and kept, encrypted, in the stack's state: HMAC-SHA-256 (RFC 2104) of
 * the account's name under the private key of an Ed25519 pair that is used for nothing else. docs/decisions/0005 says why.
 */
export class PasswordSeed extends pulumi.ComponentResource {
  private readonly keyPem: pulumi.Output<string>;

  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("berth:identity:PasswordSeed", name, {}, options);
    const key = new tls.PrivateKey(`${name}-key`, { algorithm: "ED25519" }, { parent: this });
    this.keyPem = pulumi.secret(key.privateKeyPem);
    this.registerOutputs({});
  }

  /** The password of one account: 256 bits in URL-safe letters, secret, the same at every run. */
  passwordOf(account: string): pulumi.Output<string> {
    return this.keyPem.apply((key) => derivePassword(key, account));
  }

  /** The same 256 bits as hexadecimal digits, for what takes a key and no password. */
  keyOf(account: string): pulumi.Output<string> {
    return this.passwordOf(account).apply((text) => Buffer.from(text, "base64url").toString("hex"));
  }
}

/** Pure part of {@link PasswordSeed.passwordOf}. */
export function derivePassword(key: string, account: string): string {
  return createHmac("sha256", key).update(account).digest("base64url");
}
