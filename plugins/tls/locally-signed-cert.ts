import { AsnConvert } from "@peculiar/asn1-schema";
import { BasicConstraints, Certificate, id_ce_basicConstraints } from "@peculiar/asn1-x509";
import { createPublicKey, type KeyObject } from "node:crypto";
import type { PropertySpec, ResourceDefinition } from "../kit/types";
import { issue } from "./certificate";
import {
  certificateFailures,
  certificateLife,
  certificateOutputs,
  certificateProperties,
} from "./certificate-life";
import { statedKeyIdentifier } from "./key-identifier";
import { algorithmOf, readPrivateKey } from "./keys";
import { decodePem } from "./pem";
import { readRequest } from "./received-request";

const requiredText: PropertySpec = { type: "string", required: true, onChange: "replace" };

/** tls:index/locallySignedCert:LocallySignedCert: a request's subject, names and key, signed by a CA. */
export const locallySignedCert: ResourceDefinition = {
  properties: {
    ...certificateProperties,
    caCertPem: requiredText,
    caPrivateKeyPem: { ...requiredText, secret: true },
    certRequestPem: requiredText,
  },
  outputs: { ...certificateOutputs, caKeyAlgorithm: {} },
  ...certificateLife,
  check: (_call, inputs) => ({ inputs, failures: certificateFailures(inputs) }),
  create(call, inputs) {
    const request = readRequest(inputs.certRequestPem as string, "certRequestPem");
    const authority = readCertificate(inputs.caCertPem as string, "caCertPem");
    const key = readPrivateKey(inputs.caPrivateKeyPem as string, "caPrivateKeyPem");
    refuseForeignKey(authority, key);
    if (!isAuthority(authority)) {
      call.log(
        "warning",
        "caCertPem is no CA certificate: clients will refuse what it signs. Set isCaCertificate on it.",
      );
    }
    const { id, outputs } = issue({
      inputs,
      ...request,
      issuer: { name: authority.tbsCertificate.subject, key },
      authorityKeyId: statedKeyIdentifier(authority),
    });
    const caKeyAlgorithm = algorithmOf(key, "caPrivateKeyPem");
    return Promise.resolve({ id, state: { ...inputs, ...outputs, caKeyAlgorithm } });
  },
};

function readCertificate(pem: string, input: string): Certificate {
  const der = decodePem(pem, "CERTIFICATE", input);
  try {
    return AsnConvert.parse(der, Certificate);
  } catch (error) {
    throw new Error(`${input} is no X.509 certificate`, { cause: error });
  }
}

function isAuthority({ tbsCertificate }: Certificate): boolean {
  const found = tbsCertificate.extensions?.find(({ extnID }) => extnID === id_ce_basicConstraints);
  return found !== undefined && AsnConvert.parse(found.extnValue.buffer, BasicConstraints).cA;
}

/** A certificate that the CA's own key did not sign would be refused by every client. */
function refuseForeignKey({ tbsCertificate }: Certificate, key: KeyObject): void {
  const spki = Buffer.from(AsnConvert.serialize(tbsCertificate.subjectPublicKeyInfo));
  if (!createPublicKey({ key: spki, format: "der", type: "spki" }).equals(createPublicKey(key))) {
    throw new Error(
      "caPrivateKeyPem is not the key of caCertPem: give the key that the CA certificate was made for",
    );
  }
}
