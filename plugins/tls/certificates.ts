import { webcrypto } from "node:crypto";
import { Pkcs10CertificateRequest, Pkcs10CertificateRequestGenerator, X509Certificate } from "@peculiar/x509";
import type { PropertySpec, ResourceDefinition } from "../kit/types";
import { certificateFailures, certificateOutputs, certificateProperties, issue } from "./certificate";
import { signerOf, type Signer } from "./keys";
import { keepCertificate, readCertificate, withRenewal } from "./renewal";
import { alternativeNames, distinguishedName, subjectProperties } from "./subject";

/** Object identifier of the subject alternative name extension (RFC 5280, 4.2.1.6). */
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";

const requiredText: PropertySpec = { type: "string", required: true, onChange: "replace" };

/** What both kinds of certificate do alike. */
const lifeCycle: Pick<ResourceDefinition, "diff" | "read" | "update" | "delete" | "check"> = {
  check: (_call, inputs) => ({ inputs, failures: certificateFailures(inputs) }),
  diff: (_call, request, found) => withRenewal(found, request),
  read: (_call, old) => Promise.resolve(readCertificate(old)),
  update: (_call, old, inputs) => Promise.resolve(keepCertificate(old.state, inputs)),
  delete: () => Promise.resolve(),
};

/** tls:index/selfSignedCert:SelfSignedCert. */
export const selfSignedCert: ResourceDefinition = {
  properties: {
    ...certificateProperties,
    ...subjectProperties,
    setAuthorityKeyId: { type: "boolean", default: false, onChange: "replace" },
  },
  outputs: { ...certificateOutputs, keyAlgorithm: {} },
  ...lifeCycle,
  async create(_call, inputs) {
    const signer = await signerOf(inputs.privateKeyPem as string, "privateKeyPem");
    const subject = distinguishedName(inputs);
    if (inputs.isCaCertificate === true && subject.length === 0) {
      throw new Error(
        "a CA certificate needs a subject (RFC 5280, 4.1.2.6): give at least subject.commonName",
      );
    }
    const { id, outputs } = await issue({
      inputs,
      subject,
      publicKey: signer.publicKey,
      issuer: { subject, signer },
      extensions: alternativeNames(inputs),
      authorityKeyId: inputs.setAuthorityKeyId === true,
    });
    return { id, state: { ...inputs, ...outputs, keyAlgorithm: signer.algorithm } };
  },
};

/** tls:index/certRequest:CertRequest (RFC 2986). Every input is part of what is signed, so every change replaces. */
export const certRequest: ResourceDefinition = {
  properties: subjectProperties,
  outputs: { certRequestPem: {}, keyAlgorithm: {} },
  async create(_call, inputs) {
    const signer = await signerOf(inputs.privateKeyPem as string, "privateKeyPem");
    const request = await Pkcs10CertificateRequestGenerator.create(
      {
        name: distinguishedName(inputs),
        keys: { privateKey: signer.privateKey, publicKey: signer.publicKey },
        signingAlgorithm: signer.signingAlgorithm,
        extensions: alternativeNames(inputs),
      },
      webcrypto,
    );
    const certRequestPem = `${request.toString("pem").trim()}\n`;
    const digest = await webcrypto.subtle.digest("SHA-1", request.rawData);
    const id = Buffer.from(digest).toString("hex");
    return { id, state: { ...inputs, certRequestPem, keyAlgorithm: signer.algorithm } };
  },
  read: (_call, { id, state, inputs }) =>
    Promise.resolve(typeof state.certRequestPem === "string" ? { id, state, inputs } : undefined),
  delete: () => Promise.resolve(),
};

/** tls:index/locallySignedCert:LocallySignedCert: a request's subject, names and key, signed by a CA. */
export const locallySignedCert: ResourceDefinition = {
  properties: {
    ...certificateProperties,
    caCertPem: requiredText,
    caPrivateKeyPem: { ...requiredText, secret: true },
    certRequestPem: requiredText,
  },
  outputs: { ...certificateOutputs, caKeyAlgorithm: {} },
  ...lifeCycle,
  async create(_call, inputs) {
    const request = await readRequest(inputs.certRequestPem as string);
    const authority = readCertificatePem(inputs.caCertPem as string);
    const signer = await signerOf(inputs.caPrivateKeyPem as string, "caPrivateKeyPem");
    await refuseForeignKey(authority, signer);
    const names = request.getExtension(SUBJECT_ALTERNATIVE_NAME);
    const { id, outputs } = await issue({
      inputs,
      subject: request.subject === "" ? [] : request.subjectName.toJSON(),
      publicKey: request.publicKey,
      issuer: { subject: authority.subjectName.toJSON(), signer, certificate: authority },
      extensions: names ? [names] : [],
      authorityKeyId: true,
    });
    return { id, state: { ...inputs, ...outputs, caKeyAlgorithm: signer.algorithm } };
  },
};

/** Reads a request and verifies that whoever made it has its key. */
async function readRequest(pem: string): Promise<Pkcs10CertificateRequest> {
  let request: Pkcs10CertificateRequest;
  try {
    request = new Pkcs10CertificateRequest(pem);
  } catch (error) {
    throw new Error("certRequestPem is no PKCS#10 certificate request in PEM", { cause: error });
  }
  if (!(await request.verify(webcrypto))) {
    throw new Error("certRequestPem is not signed by its own key: make the request again");
  }
  return request;
}

/** A certificate that the CA's own key did not sign would be refused by every client. */
async function refuseForeignKey(authority: X509Certificate, signer: Signer): Promise<void> {
  const own = Buffer.from(await webcrypto.subtle.exportKey("spki", signer.publicKey));
  if (!own.equals(Buffer.from(authority.publicKey.rawData))) {
    throw new Error(
      "caPrivateKeyPem is not the key of caCertPem: give the key that the CA certificate was made for",
    );
  }
}

function readCertificatePem(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new Error("caCertPem is no X.509 certificate in PEM", { cause: error });
  }
}
