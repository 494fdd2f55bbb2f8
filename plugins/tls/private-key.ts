import { generateKeyPairSync, type KeyObject } from "node:crypto";
import * as sshpk from "sshpk";
import type { Properties, ResourceDefinition } from "../kit/types";
import { algorithmOf, CURVES, type Algorithm } from "./keys";
import { hasOpenSshForm, publicKeyOutputs } from "./public-key";

/** tls:index/privateKey:PrivateKey. Every input makes another key, so every change replaces. */
export const privateKey: ResourceDefinition = {
  properties: {
    algorithm: { type: "string", required: true, enum: ["RSA", "ECDSA", "ED25519"], onChange: "replace" },
    ecdsaCurve: { type: "string", default: "P224", enum: Object.keys(CURVES), onChange: "replace" },
    rsaBits: { type: "integer", default: 2048, onChange: "replace" },
  },
  outputs: {
    privateKeyOpenssh: { secret: true },
    privateKeyPem: { secret: true },
    privateKeyPemPkcs8: { secret: true },
    publicKeyFingerprintMd5: {},
    publicKeyFingerprintSha256: {},
    publicKeyOpenssh: {},
    publicKeyPem: {},
  },
  check(_call, inputs) {
    const bits = inputs.rsaBits;
    const weak = inputs.algorithm === "RSA" && typeof bits === "number" && (bits < 1024 || bits > 16384);
    return {
      inputs,
      failures: weak
        ? [{ property: "rsaBits", reason: "must be from 1024 to 16384; 3072 or more is advisable" }]
        : [],
    };
  },
  create(_call, inputs) {
    const key = generate(inputs);
    const { id, outputs } = publicKeyOutputs(key);
    return Promise.resolve({ id, state: { ...inputs, ...outputs, ...privateOutputs(key) } });
  },
  /** A key lives only in the state. */
  read: (_call, { id, state, inputs }) =>
    Promise.resolve(Object.keys(state).length > 0 ? { id, state, inputs } : undefined),
  delete: () => Promise.resolve(),
};

function generate(inputs: Properties): KeyObject {
  switch (inputs.algorithm as Algorithm) {
    case "RSA":
      return generateKeyPairSync("rsa", { modulusLength: inputs.rsaBits as number }).privateKey;
    case "ECDSA":
      return generateKeyPairSync("ec", { namedCurve: CURVES[inputs.ecdsaCurve as string] ?? "" }).privateKey;
    case "ED25519":
      return generateKeyPairSync("ed25519").privateKey;
  }
}

function privateOutputs(key: KeyObject): Properties {
  const pkcs8 = key.export({ format: "pem", type: "pkcs8" }).toString();
  return {
    privateKeyPem: traditionalPem(key, pkcs8),
    privateKeyPemPkcs8: pkcs8,
    privateKeyOpenssh: hasOpenSshForm(key) ? openSsh(pkcs8) : "",
  };
}

/** PKCS#1 for RSA, SEC 1 for ECDSA; Ed25519 has only PKCS#8. */
function traditionalPem(key: KeyObject, pkcs8: string): string {
  switch (algorithmOf(key, "the key")) {
    case "RSA":
      return key.export({ format: "pem", type: "pkcs1" }).toString();
    case "ECDSA":
      return key.export({ format: "pem", type: "sec1" }).toString();
    case "ED25519":
      return pkcs8;
  }
}

function openSsh(pkcs8: string): string {
  const parsed = sshpk.parsePrivateKey(pkcs8, "pem");
  parsed.comment = "";
  return parsed.toString("ssh");
}
