import { Attributes, CertificationRequest, CertificationRequestInfo } from "@peculiar/asn1-csr";
import { id_pkcs9_at_extensionRequest } from "@peculiar/asn1-pkcs9";
import { AsnConvert } from "@peculiar/asn1-schema";
import { Attribute, Extensions, type GeneralName } from "@peculiar/asn1-x509";
import { createHash, createPublicKey } from "node:crypto";
import type { ResourceDefinition } from "../kit/types";
import {
  alternativeNameExtension,
  alternativeNameFailures,
  alternativeNameProperties,
  alternativeNames,
} from "./alternative-names";
import { arrayBuffer, publicKeyInfo } from "./certificate";
import { algorithmOf, readPrivateKey } from "./keys";
import { encodePem } from "./pem";
import { signatureAlgorithm, signBytes } from "./signature";
import { distinguishedName, subjectFailures, subjectSpec } from "./subject";

/** tls:index/certRequest:CertRequest (RFC 2986). Every input is part of what is signed, so every change replaces. */
export const certRequest: ResourceDefinition = {
  properties: {
    ...alternativeNameProperties,
    subject: subjectSpec,
    privateKeyPem: { type: "string", required: true, secret: true, onChange: "replace" },
  },
  outputs: { certRequestPem: {}, keyAlgorithm: {} },
  check: (_call, inputs) => ({
    inputs,
    failures: [...alternativeNameFailures(inputs), ...subjectFailures(inputs)],
  }),
  create(_call, inputs) {
    const key = readPrivateKey(inputs.privateKeyPem as string, "privateKeyPem");
    const info = new CertificationRequestInfo({
      subject: distinguishedName(inputs),
      subjectPKInfo: publicKeyInfo(createPublicKey(key)),
      attributes: attributesFor(alternativeNames(inputs), distinguishedName(inputs).length === 0),
    });
    const request = new CertificationRequest({
      certificationRequestInfo: info,
      signatureAlgorithm: signatureAlgorithm(key),
      signature: arrayBuffer(signBytes(AsnConvert.serialize(info), key)),
    });
    const der = new Uint8Array(AsnConvert.serialize(request));
    const id = createHash("sha1").update(der).digest("hex");
    const outputs = {
      certRequestPem: encodePem("CERTIFICATE REQUEST", der),
      keyAlgorithm: algorithmOf(key, "privateKeyPem"),
    };
    return Promise.resolve({ id, state: { ...inputs, ...outputs } });
  },
};

function attributesFor(names: GeneralName[], critical: boolean): Attributes {
  const extensions = alternativeNameExtension(names, critical);
  if (extensions.length === 0) return new Attributes();
  const value = AsnConvert.serialize(new Extensions(extensions));
  return new Attributes([new Attribute({ type: id_pkcs9_at_extensionRequest, values: [value] })]);
}
