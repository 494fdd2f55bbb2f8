import { AsnConvert } from "@peculiar/asn1-schema";
import {
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  Extensions,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_subjectAltName,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  TBSCertificate,
  Validity,
  Version,
  type Extension,
} from "@peculiar/asn1-x509";
import { randomBytes, type KeyObject, type X509Certificate } from "node:crypto";
import { arrayBuffer, publicKeyInfo } from "../../../plugins/tls/certificate";
import { extension } from "../../../plugins/tls/extension";
import {
  authorityKeyIdExtension,
  keyIdentifier,
  statedKeyIdentifier,
  subjectKeyIdExtension,
} from "../../../plugins/tls/key-identifier";
import { usageExtensions } from "../../../plugins/tls/key-usages";
import { encodePem } from "../../../plugins/tls/pem";
import { signatureAlgorithm, signBytes } from "../../../plugins/tls/signature";
import type { Role } from "../identity/role";
import type { IssuingAuthority } from "./authority";

const COMMON_NAME = "2.5.4.3";
const ORGANIZATION = "2.5.4.10";
const ORGANIZATIONAL_UNIT = "2.5.4.11";

/** A laptop's clock may be behind by as much. */
const BACKDATED_MS = 5 * 60 * 1_000;
const HOUR_MS = 60 * 60 * 1_000;

/** Whom a certificate is for. */
export interface CertificateSubject {
  developerId: string;
  role: Role;
  /** The installation. */
  prefix: string;
}

export interface IssuedCertificate {
  /** 32 lower-case hex digits. */
  serial: string;
  /** The leaf alone. */
  pem: string;
  notBefore: Date;
  notAfter: Date;
}

/**
 * Signs a client certificate (RFC 5280) in which everything but the public key is the service's own choice. It never outlives its CA.
 */
export function issueCertificate(
  authority: IssuingAuthority,
  subject: CertificateSubject,
  publicKey: KeyObject,
  validityHours: number,
): IssuedCertificate {
  const serial = randomSerial();
  const { notBefore, notAfter } = lifeFrom(authority, validityHours);
  const issuer = AsnConvert.parse(authority.certificate.raw, Certificate);
  const algorithm = signatureAlgorithm(authority.key);
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: arrayBuffer(serial),
    signature: algorithm,
    issuer: issuer.tbsCertificate.subject,
    validity: new Validity({ notBefore, notAfter }),
    subject: subjectName(subject),
    subjectPublicKeyInfo: publicKeyInfo(publicKey),
    extensions: new Extensions(extensionsOf(subject, publicKey, authorityKeyId(issuer, authority))),
  });
  const signature = signBytes(AsnConvert.serialize(tbsCertificate), authority.key);
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: arrayBuffer(signature),
  });
  const der = Buffer.from(AsnConvert.serialize(certificate));
  return { serial: serial.toString("hex"), pem: encodePem("CERTIFICATE", der), notBefore, notAfter };
}

/** The serial as the database and the logs have it: 32 lower-case hex digits. */
export function serialOf(certificate: X509Certificate): string {
  return certificate.serialNumber.toLowerCase().padStart(32, "0");
}

/** 128 bits of which the first is clear, or DER would read a negative number, and the second set, so that none is short. */
function randomSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

/** Certificates count in whole seconds (RFC 5280, 4.1.2.5). */
function lifeFrom(
  { certificate }: IssuingAuthority,
  validityHours: number,
): { notBefore: Date; notAfter: Date } {
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  const end = Math.min(now + validityHours * HOUR_MS, new Date(certificate.validTo).getTime());
  return { notBefore: new Date(now - BACKDATED_MS), notAfter: new Date(end) };
}

function subjectName({ developerId, role, prefix }: CertificateSubject): Name {
  return new Name(
    [
      [ORGANIZATION, prefix],
      [ORGANIZATIONAL_UNIT, role],
      [COMMON_NAME, developerId],
    ].map(([type, text]) => {
      const value = new AttributeValue({ printableString: text });
      return new RelativeDistinguishedName([new AttributeTypeAndValue({ type, value })]);
    }),
  );
}

function extensionsOf(subject: CertificateSubject, publicKey: KeyObject, issuerKeyId: Buffer): Extension[] {
  const uri = `urn:berth:${subject.prefix}:${subject.role}:${subject.developerId}`;
  const names = new SubjectAlternativeName([new GeneralName({ uniformResourceIdentifier: uri })]);
  return [
    ...usageExtensions(["digital_signature", "client_auth"]),
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
    subjectKeyIdExtension(keyIdentifier(publicKey)),
    authorityKeyIdExtension(issuerKeyId),
    extension(id_ce_subjectAltName, names),
  ];
}

function authorityKeyId(issuer: Certificate, { certificate }: IssuingAuthority): Buffer {
  return statedKeyIdentifier(issuer) ?? keyIdentifier(certificate.publicKey);
}
