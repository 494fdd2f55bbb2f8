import { createPublicKey } from "node:crypto";
import type { CheckFailure, Properties, ResourceDefinition } from "../kit/types";
import { alternativeNameFailures, alternativeNameProperties, alternativeNames } from "./alternative-names";
import { hasSubjectKeyId, issue } from "./certificate";
import {
  certificateFailures,
  certificateLife,
  certificateOutputs,
  certificateProperties,
} from "./certificate-life";
import { keyIdentifier } from "./key-identifier";
import { algorithmOf, readPrivateKey } from "./keys";
import { distinguishedName, subjectFailures, subjectSpec } from "./subject";

/** tls:index/selfSignedCert:SelfSignedCert: a certificate for a key, signed by that key. */
export const selfSignedCert: ResourceDefinition = {
  properties: {
    ...certificateProperties,
    ...alternativeNameProperties,
    subject: subjectSpec,
    privateKeyPem: { type: "string", required: true, secret: true, onChange: "replace" },
    setAuthorityKeyId: { type: "boolean", default: false, onChange: "replace" },
  },
  outputs: { ...certificateOutputs, keyAlgorithm: {} },
  ...certificateLife,
  check: (_call, inputs) => ({
    inputs,
    failures: [
      ...certificateFailures(inputs),
      ...alternativeNameFailures(inputs),
      ...subjectFailures(inputs),
      ...authorityKeyIdFailures(inputs),
    ],
  }),
  create(_call, inputs) {
    const key = readPrivateKey(inputs.privateKeyPem as string, "privateKeyPem");
    const publicKey = createPublicKey(key);
    const subject = distinguishedName(inputs);
    const { id, outputs } = issue({
      inputs,
      subject,
      publicKey,
      alternativeNames: alternativeNames(inputs),
      issuer: { name: subject, key },
      authorityKeyId: inputs.setAuthorityKeyId === true ? keyIdentifier(publicKey) : undefined,
    });
    const keyAlgorithm = algorithmOf(key, "privateKeyPem");
    return Promise.resolve({ id, state: { ...inputs, ...outputs, keyAlgorithm } });
  },
};

/** The authority's identifier is the certificate's own here, so it must have one (the official plugin fails in create). */
function authorityKeyIdFailures(inputs: Properties): CheckFailure[] {
  const { setAuthorityKeyId, setSubjectKeyId, isCaCertificate } = inputs;
  const known = typeof setSubjectKeyId === "boolean" && typeof isCaCertificate === "boolean";
  if (setAuthorityKeyId !== true || !known || hasSubjectKeyId(inputs)) return [];
  const reason =
    '"setAuthorityKeyId" refers to the certificate\'s own key identifier: set "setSubjectKeyId" too';
  return [{ property: "setAuthorityKeyId", reason }];
}
