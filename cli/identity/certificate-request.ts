import { CertificationRequest, CertificationRequestInfo } from "@peculiar/asn1-csr";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
} from "@peculiar/asn1-x509";
import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";

/** A key that was made here, and the request that proves it. */
export interface KeyAndRequest {
  keyPem: string;
  csrPem: string;
}

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const COMMON_NAME = "2.5.4.3";

/** A new key on P-256 and its PKCS#10 request (RFC 2986). The name in it is for people only: the service decides what stands in the certificate. */
export function newKeyAndRequest(developerId: string): KeyAndRequest {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keyPem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  return { keyPem, csrPem: requestFor(keyPem, developerId) };
}

/** The request for a key on P-256. */
export function requestFor(keyPem: string, developerId: string): string {
  const spki = createPublicKey(keyPem).export({ format: "der", type: "spki" });
  const info = new CertificationRequestInfo({
    subject: new Name([
      new RelativeDistinguishedName([
        new AttributeTypeAndValue({
          type: COMMON_NAME,
          value: new AttributeValue({ utf8String: developerId }),
        }),
      ]),
    ]),
    subjectPKInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
  });
  const signed = Buffer.from(AsnConvert.serialize(info));
  const request = new CertificationRequest({
    certificationRequestInfo: info,
    signatureAlgorithm: new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 }),
    signature: new Uint8Array(sign("sha256", signed, keyPem)).buffer,
  });
  return pemOf(Buffer.from(AsnConvert.serialize(request)));
}

function pemOf(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE REQUEST-----", ...lines, "-----END CERTIFICATE REQUEST-----", ""].join(
    "\n",
  );
}
