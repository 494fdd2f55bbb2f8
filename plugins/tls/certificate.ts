import { randomBytes, webcrypto } from "node:crypto";
import type { X509Certificate } from "@peculiar/x509";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type Extension,
  type JsonName,
  type PublicKey,
} from "@peculiar/x509";
import type { CheckFailure, Properties, PropertySpec } from "../kit/types";
import type { Signer } from "./keys";
import { allowedUseNames, usageExtensions } from "./key-usages";

const HOUR_MS = 3_600_000;

/** Inputs that self-signed and locally signed certificates have in common. */
export const certificateProperties: Record<string, PropertySpec> = {
  allowedUses: {
    type: "list",
    required: true,
    onChange: "replace",
    items: { type: "string", enum: allowedUseNames },
  },
  earlyRenewalHours: { type: "integer", default: 0, onChange: "update" },
  isCaCertificate: { type: "boolean", default: false, onChange: "replace" },
  maxPathLength: { type: "integer", onChange: "replace" },
  setSubjectKeyId: { type: "boolean", default: false, onChange: "replace" },
  validityPeriodHours: { type: "integer", required: true, onChange: "replace" },
};

/** Outputs that both have. */
export const certificateOutputs = {
  certPem: {},
  readyForRenewal: {},
  validityEndTime: {},
  validityStartTime: {},
};

/** What cannot be a certificate, whatever else is right. */
export function certificateFailures(inputs: Properties): CheckFailure[] {
  const negative = ["earlyRenewalHours", "validityPeriodHours", "maxPathLength"].filter(
    (name) => typeof inputs[name] === "number" && inputs[name] < 0,
  );
  return negative.map((property) => ({ property, reason: "must not be negative" }));
}

/** One certificate to be made. */
export interface Order {
  inputs: Properties;
  subject: JsonName | string;
  publicKey: PublicKey | webcrypto.CryptoKey;
  /** Subject and key of who signs; for a self-signed one its own. */
  issuer: { subject: JsonName | string; signer: Signer; certificate?: X509Certificate };
  extensions: Extension[];
  /** Link to the issuer's key by its identifier. */
  authorityKeyId: boolean;
}

/** Signs a certificate (RFC 5280). Serial numbers are 128 random bits; the id is the serial number in decimal, as officially. */
export async function issue(order: Order): Promise<{ id: string; outputs: Properties }> {
  const { inputs, issuer } = order;
  // Certificates count in whole seconds (RFC 5280, 4.1.2.5).
  const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000);
  const notAfter = new Date(notBefore.getTime() + (inputs.validityPeriodHours as number) * HOUR_MS);
  const serial = positiveSerial();
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serial.toString("hex"),
      subject: order.subject,
      issuer: issuer.subject,
      notBefore,
      notAfter,
      publicKey: order.publicKey,
      signingKey: issuer.signer.privateKey,
      signingAlgorithm: issuer.signer.signingAlgorithm,
      extensions: [...(await extensionsOf(order)), ...order.extensions],
    },
    webcrypto,
  );
  return {
    id: BigInt(`0x${serial.toString("hex")}`).toString(),
    outputs: {
      certPem: `${certificate.toString("pem").trim()}\n`,
      validityStartTime: rfc3339(notBefore),
      validityEndTime: rfc3339(notAfter),
      readyForRenewal: false,
    },
  };
}

/** A DER integer is signed: the first bit stays clear, or the number would be negative. */
function positiveSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

function rfc3339(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}

async function extensionsOf({ inputs, publicKey, issuer, authorityKeyId }: Order): Promise<Extension[]> {
  const isCa = inputs.isCaCertificate === true;
  const pathLength = inputs.maxPathLength as number | undefined;
  const subjectKeyId = isCa || inputs.setSubjectKeyId === true;
  return [
    ...usageExtensions(inputs.allowedUses as string[]),
    new BasicConstraintsExtension(isCa, isCa ? pathLength : undefined, true),
    ...(subjectKeyId ? [await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto)] : []),
    ...(authorityKeyId ? await authorityKeyIdentifier(issuer) : []),
  ];
}

/** The identifier that the issuer's certificate states of itself, which need not be the digest of its key. */
async function authorityKeyIdentifier({ certificate, signer }: Order["issuer"]): Promise<Extension[]> {
  if (!certificate) return [await AuthorityKeyIdentifierExtension.create(signer.publicKey, false, webcrypto)];
  const stated = certificate.getExtension(SubjectKeyIdentifierExtension);
  return stated ? [new AuthorityKeyIdentifierExtension(stated.keyId, false)] : [];
}
