import { AsnConvert } from "@peculiar/asn1-schema";
import {
  BasicConstraints,
  Certificate,
  Extensions,
  id_ce_basicConstraints,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
  type Extension,
  type GeneralName,
  type Name,
} from "@peculiar/asn1-x509";
import { randomBytes, type KeyObject } from "node:crypto";
import type { Properties } from "../kit/types";
import { alternativeNameExtension } from "./alternative-names";
import { extension } from "./extension";
import { authorityKeyIdExtension, keyIdentifier, subjectKeyIdExtension } from "./key-identifier";
import { usageExtensions } from "./key-usages";
import { encodePem } from "./pem";
import { hoursAfter, isDue } from "./renewal";
import { signatureAlgorithm, signBytes } from "./signature";

/** One certificate to be made. */
export interface Order {
  /** Uses, validity, CA and identifier settings, as both kinds of certificate have them. */
  inputs: Properties;
  subject: Name;
  publicKey: KeyObject;
  alternativeNames: GeneralName[];
  /** Who signs. */
  issuer: { name: Name; key: KeyObject };
  /** The issuer's key by its identifier; none where nothing states it. */
  authorityKeyId: Buffer | undefined;
}

/**
 * Signs a certificate (RFC 5280). The id is the serial number in decimal, as officially.
 *
 * @throws Error for a CA without a subject.
 */
export function issue(order: Order): { id: string; outputs: Properties } {
  const { inputs, issuer } = order;
  if (inputs.isCaCertificate === true && order.subject.length === 0) {
    throw new Error("a CA certificate needs a subject (RFC 5280, 4.1.2.6): give at least a common name");
  }
  // Certificates count in whole seconds (RFC 5280, 4.1.2.5).
  const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000);
  const notAfter = hoursAfter(notBefore, inputs.validityPeriodHours as number);
  const serial = positiveSerial();
  const algorithm = signatureAlgorithm(issuer.key);
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: arrayBuffer(serial),
    signature: algorithm,
    issuer: issuer.name,
    validity: new Validity({ notBefore, notAfter }),
    subject: order.subject,
    subjectPublicKeyInfo: publicKeyInfo(order.publicKey),
    extensions: new Extensions(extensionsOf(order)),
  });
  const signature = signBytes(AsnConvert.serialize(tbsCertificate), issuer.key);
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: arrayBuffer(signature),
  });
  return {
    id: BigInt(`0x${serial.toString("hex")}`).toString(),
    outputs: {
      certPem: encodePem("CERTIFICATE", new Uint8Array(AsnConvert.serialize(certificate))),
      validityStartTime: rfc3339(notBefore),
      validityEndTime: rfc3339(notAfter),
      readyForRenewal: isDue(rfc3339(notAfter), inputs.earlyRenewalHours as number, notBefore),
    },
  };
}

/** A public key as certificates and requests carry it. */
export function publicKeyInfo(key: KeyObject): SubjectPublicKeyInfo {
  return AsnConvert.parse(key.export({ format: "der", type: "spki" }), SubjectPublicKeyInfo);
}

export function arrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function extensionsOf({ inputs, publicKey, subject, alternativeNames, authorityKeyId }: Order): Extension[] {
  const isCa = inputs.isCaCertificate === true;
  return [
    ...usageExtensions(inputs.allowedUses as string[]),
    basicConstraints(isCa, inputs.maxPathLength as number | undefined),
    ...(hasSubjectKeyId(inputs) ? [subjectKeyIdExtension(keyIdentifier(publicKey))] : []),
    ...(authorityKeyId ? [authorityKeyIdExtension(authorityKeyId)] : []),
    ...alternativeNameExtension(alternativeNames, subject.length === 0),
  ];
}

/** A CA always states its identifier: what it signs refers to it (RFC 5280, 4.2.1.2). */
export function hasSubjectKeyId(inputs: Properties): boolean {
  return inputs.isCaCertificate === true || inputs.setSubjectKeyId === true;
}

/**
 * -1 is no limit. 0 is a CA that signs no CAs: the official plugin documents it so and then writes no limit, because Go's
 * zero value means none; whoever limits a CA wants it limited.
 */
function basicConstraints(cA: boolean, maxPathLength = -1): Extension {
  const limit = cA && maxPathLength >= 0 ? { pathLenConstraint: maxPathLength } : {};
  return extension(id_ce_basicConstraints, new BasicConstraints({ cA, ...limit }), true);
}

/** 128 bits of which the first is clear, or DER would read a negative number, and the second set, so that none is short. */
function positiveSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

function rfc3339(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}
