import { CertificationRequest, type CertificationRequestInfo } from "@peculiar/asn1-csr";
import { id_pkcs9_at_extensionRequest } from "@peculiar/asn1-pkcs9";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  Extensions,
  id_ce_subjectAltName,
  SubjectAlternativeName,
  type GeneralName,
  type Name,
} from "@peculiar/asn1-x509";
import { createPublicKey, type KeyObject } from "node:crypto";
import { onlyKnownKinds } from "./alternative-names";
import { algorithmOf } from "./keys";
import { decodePem } from "./pem";
import { isSignedBy } from "./signature";

/** What a CA takes from a request. Uses, validity and constraints that it asks for are not among it. */
export interface ReceivedRequest {
  /** As its author wrote it, byte for byte. */
  subject: Name;
  publicKey: KeyObject;
  /** DNS names, addresses and URIs; other kinds are left out, as officially. */
  alternativeNames: GeneralName[];
}

/**
 * Reads a PKCS#10 request and verifies that whoever made it has its key.
 *
 * @param input names the property in errors.
 * @throws Error for what is no request, is not signed by its own key, or has a key of a type that we do not know.
 */
export function readRequest(pem: string, input: string): ReceivedRequest {
  const der = decodePem(pem, "CERTIFICATE REQUEST", input);
  let request: CertificationRequest;
  let publicKey: KeyObject;
  let names: GeneralName[];
  try {
    request = AsnConvert.parse(der, CertificationRequest);
    const spki = Buffer.from(AsnConvert.serialize(request.certificationRequestInfo.subjectPKInfo));
    publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
    names = requestedNames(request.certificationRequestInfo);
  } catch (error) {
    throw new Error(`${input} is no PKCS#10 certificate request: make it again`, { cause: error });
  }
  algorithmOf(publicKey, input);
  const { certificationRequestInfoRaw, certificationRequestInfo, signature, signatureAlgorithm } = request;
  const signed = certificationRequestInfoRaw ?? AsnConvert.serialize(certificationRequestInfo);
  if (!isSignedBy(signed, signature, signatureAlgorithm, publicKey, input)) {
    throw new Error(`${input} is not signed by its own key: make the request again`);
  }
  return { subject: certificationRequestInfo.subject, publicKey, alternativeNames: names };
}

function requestedNames({ attributes }: CertificationRequestInfo): GeneralName[] {
  const values = attributes
    .filter(({ type }) => type === id_pkcs9_at_extensionRequest)
    .flatMap((attribute) => attribute.values);
  return values
    .flatMap((value) => [...AsnConvert.parse(value, Extensions)])
    .filter(({ extnID }) => extnID === id_ce_subjectAltName)
    .flatMap(({ extnValue }) => onlyKnownKinds(AsnConvert.parse(extnValue.buffer, SubjectAlternativeName)));
}
