import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { guardCertificate } from "../policy/guard";

/** How long a certificate lives, in hours, and how long before its end `up` replaces it. */
export interface Validity {
  validityHours: number;
  earlyRenewalHours: number;
}

export interface CertificateAuthorityArgs {
  /** Shown in every certificate that it issues: "<organization> root CA". */
  organization: string;
  root: Validity;
  issuing: Validity & {
    /** Another number is another issuing CA with another key; what the old one issued holds until it ends. */
    generation: number;
  };
}

/** RFC 5280, 4.2.1.3: a CA signs certificates and revocation lists, and nothing else. */
const CA_USES = ["cert_signing", "crl_signing"];

/**
 * Two levels: a root that clients trust and that signs nothing but issuing certificates, and an issuing CA that can be replaced
 * without any client noticing. Keys are P-384 and stay, as secrets, in the stack's state. Throws where one would live too long.
 */
export class CertificateAuthority extends pulumi.ComponentResource {
  /** What clients trust. */
  readonly rootCertPem: pulumi.Output<string>;
  readonly issuingCertPem: pulumi.Output<string>;
  /** Secret. */
  readonly issuingKeyPem: pulumi.Output<string>;
  /** End of each certificate (RFC 3339), by name. */
  readonly expiry: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: CertificateAuthorityArgs, options?: pulumi.ComponentResourceOptions) {
    guardCertificate(`${name} root`, "root", args.root.validityHours);
    guardCertificate(`${name} issuing`, "issuing", args.issuing.validityHours);
    super("berth:identity:CertificateAuthority", name, {}, options);
    const parent = { parent: this };
    const rootKey = new tls.PrivateKey(
      `${name}-root-key`,
      { algorithm: "ECDSA", ecdsaCurve: "P384" },
      parent,
    );
    const root = new tls.SelfSignedCert(`${name}-root-cert`, rootArgs(args, rootKey), parent);
    const issuingName = `${name}-issuing${args.issuing.generation === 1 ? "" : `-${args.issuing.generation}`}`;
    const issuingKey = new tls.PrivateKey(
      `${issuingName}-key`,
      { algorithm: "ECDSA", ecdsaCurve: "P384" },
      parent,
    );
    const request = new tls.CertRequest(
      `${issuingName}-request`,
      { privateKeyPem: issuingKey.privateKeyPem, subject: subject(args, "issuing CA") },
      parent,
    );
    const issuing = new tls.LocallySignedCert(
      `${issuingName}-cert`,
      issuingArgs(args, rootKey, root, request),
      parent,
    );
    this.rootCertPem = root.certPem;
    this.issuingCertPem = issuing.certPem;
    this.issuingKeyPem = pulumi.secret(issuingKey.privateKeyPem);
    this.expiry = { root: root.validityEndTime, issuing: issuing.validityEndTime };
    this.registerOutputs({ rootCertPem: this.rootCertPem });
  }
}

function subject(
  { organization }: CertificateAuthorityArgs,
  role: string,
): { commonName: string; organization: string } {
  return { commonName: `${organization} ${role}`, organization };
}

function rootArgs(args: CertificateAuthorityArgs, key: tls.PrivateKey): tls.SelfSignedCertArgs {
  return {
    privateKeyPem: key.privateKeyPem,
    subject: subject(args, "root CA"),
    isCaCertificate: true,
    // RFC 5280, 4.2.1.9: one CA below it, and none below that one.
    maxPathLength: 1,
    setSubjectKeyId: true,
    validityPeriodHours: args.root.validityHours,
    earlyRenewalHours: args.root.earlyRenewalHours,
    allowedUses: CA_USES,
  };
}

function issuingArgs(
  args: CertificateAuthorityArgs,
  rootKey: tls.PrivateKey,
  root: tls.SelfSignedCert,
  request: tls.CertRequest,
): tls.LocallySignedCertArgs {
  return {
    caPrivateKeyPem: rootKey.privateKeyPem,
    caCertPem: root.certPem,
    certRequestPem: request.certRequestPem,
    isCaCertificate: true,
    maxPathLength: 0,
    setSubjectKeyId: true,
    validityPeriodHours: args.issuing.validityHours,
    earlyRenewalHours: args.issuing.earlyRenewalHours,
    allowedUses: CA_USES,
  };
}
