import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import * as sshpk from "sshpk";
import type { FunctionDefinition, Properties } from "../kit/types";
import { algorithmOf, readPrivateKey } from "./keys";

/** Everything public about a private key, as the outputs name it, and the resource's id. */
export function publicKeyOutputs(key: KeyObject): { id: string; outputs: Properties } {
  const publicKey = createPublicKey(key);
  const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
  const der = publicKey.export({ format: "der", type: "spki" });
  return {
    // SHA-1 of the SubjectPublicKeyInfo: an identifier, not a protection.
    id: createHash("sha1").update(der).digest("hex"),
    outputs: { publicKeyPem: pem, ...openSshOutputs(key, pem) },
  };
}

/** OpenSSH has no P-224 (RFC 5656, 10.1): those outputs are empty then, as officially. */
export function hasOpenSshForm(key: KeyObject): boolean {
  return key.asymmetricKeyDetails?.namedCurve !== "secp224r1";
}

function openSshOutputs(key: KeyObject, publicPem: string): Properties {
  if (!hasOpenSshForm(key)) {
    return { publicKeyOpenssh: "", publicKeyFingerprintMd5: "", publicKeyFingerprintSha256: "" };
  }
  const parsed = sshpk.parseKey(publicPem, "pem");
  parsed.comment = "";
  const blob = parsed.toBuffer("rfc4253");
  const md5 = createHash("md5").update(blob).digest("hex");
  return {
    publicKeyOpenssh: `${parsed.toString("ssh").trim()}\n`,
    publicKeyFingerprintMd5: (md5.match(/../g) ?? []).join(":"),
    publicKeyFingerprintSha256: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
  };
}

/** tls:index/getPublicKey:getPublicKey: what is public about a key given in PEM or in OpenSSH's own form. */
export const getPublicKey: FunctionDefinition = {
  properties: {
    privateKeyOpenssh: { type: "string", secret: true },
    privateKeyPem: { type: "string", secret: true },
  },
  secretOutputs: ["privateKeyOpenssh", "privateKeyPem"],
  invoke(_call, args) {
    const given = ["privateKeyPem", "privateKeyOpenssh"].filter((name) => typeof args[name] === "string");
    if (given.length !== 1) {
      throw new Error("getPublicKey takes exactly one of privateKeyPem and privateKeyOpenssh");
    }
    const key =
      typeof args.privateKeyPem === "string"
        ? readPrivateKey(args.privateKeyPem, "privateKeyPem")
        : fromOpenSsh(args.privateKeyOpenssh as string);
    const { id, outputs } = publicKeyOutputs(key);
    return Promise.resolve({ ...args, ...outputs, algorithm: algorithmOf(key, given[0] ?? ""), id });
  },
};

function fromOpenSsh(text: string): KeyObject {
  let pem: string;
  try {
    pem = sshpk.parsePrivateKey(text, "ssh").toString("pkcs8");
  } catch (error) {
    throw new Error("privateKeyOpenssh is no unencrypted private key in OpenSSH's form", { cause: error });
  }
  return readPrivateKey(pem, "privateKeyOpenssh");
}
