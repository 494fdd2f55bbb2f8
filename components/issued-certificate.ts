import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { guardCertificate } from "../policy/guard";
import type { CertificateAuthority, Validity } from "./certificate-authority";

/** A server's certificate: its key is made here. */
export interface ServerIdentity {
  kind: "server";
  dnsNames: string[];
  ipAddresses: string[];
}

/** A client's certificate from a request that the operator put into the config: its key never leaves the client. */
export interface ClientIdentity {
  kind: "client";
  /** PKCS#10 request in PEM. */
  csrPem: string;
}

export interface IssuedCertificateArgs extends Validity {
  authority: CertificateAuthority;
  identity: ServerIdentity | ClientIdentity;
}

/** RFC 5280, 4.2.1.12: what a certificate may be used for, and nothing beyond it. */
const USES = {
  server: ["digital_signature", "server_auth"],
  client: ["digital_signature", "client_auth"],
};

/**
 * One certificate from the issuing CA. Inside its renewal window the next `up` replaces it, and it alone: the key stays. Throws
 * where it would live too long.
 */
export class IssuedCertificate extends pulumi.ComponentResource {
  readonly certPem: pulumi.Output<string>;
  /** Certificate and issuing CA, as a TLS server sends them. */
  readonly chainPem: pulumi.Output<string>;
  /** Secret; undefined for a client, whose key we never have. */
  readonly keyPem: pulumi.Output<string> | undefined;
  /** RFC 3339. */
  readonly expiry: pulumi.Output<string>;

  constructor(name: string, args: IssuedCertificateArgs, options?: pulumi.ComponentResourceOptions) {
    guardCertificate(name, args.identity.kind, args.validityHours);
    super("berth:identity:IssuedCertificate", name, {}, options);
    const { authority, identity } = args;
    const key = identity.kind === "server" ? serverKey(name, this) : undefined;
    const certificate = new tls.LocallySignedCert(
      `${name}-cert`,
      {
        certRequestPem:
          identity.kind === "client" ? identity.csrPem : serverRequest(name, identity, key, this),
        caCertPem: authority.issuingCertPem,
        caPrivateKeyPem: authority.issuingKeyPem,
        validityPeriodHours: args.validityHours,
        earlyRenewalHours: args.earlyRenewalHours,
        allowedUses: USES[identity.kind],
        setSubjectKeyId: true,
      },
      { parent: this },
    );
    this.certPem = certificate.certPem;
    this.chainPem = pulumi.interpolate`${certificate.certPem}${authority.issuingCertPem}`;
    this.keyPem = key && pulumi.secret(key.privateKeyPem);
    this.expiry = certificate.validityEndTime;
    this.registerOutputs({ certPem: this.certPem, expiry: this.expiry });
  }
}

function serverKey(name: string, parent: pulumi.Resource): tls.PrivateKey {
  return new tls.PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent });
}

function serverRequest(
  name: string,
  { dnsNames, ipAddresses }: ServerIdentity,
  key: tls.PrivateKey | undefined,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  if (!key || dnsNames[0] === undefined) throw new Error(`certificate ${name} needs at least one DNS name`);
  const request = new tls.CertRequest(
    `${name}-request`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: dnsNames[0] },
      dnsNames: [...new Set(dnsNames)].sort(),
      ipAddresses: [...new Set(ipAddresses)].sort(),
    },
    { parent },
  );
  return request.certRequestPem;
}
