import * as pulumi from "@pulumi/pulumi";
import { CertificateAuthority } from "../../components/certificate-authority";
import { IssuedCertificate, type IssuedCertificateArgs } from "../../components/issued-certificate";
import { MockedProgram, valueOf } from "../support/pulumi-mocks";
import { sampleProviders } from "../support/sample-providers";

const CERTIFICATE = "tls:index/locallySignedCert:LocallySignedCert";
const csrPem = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";
const life = { validityHours: 2160, earlyRenewalHours: 720 };

function newAuthority(generation = 1): CertificateAuthority {
  const [root, issuing] = [87_600, 43_800].map((validityHours) => ({
    validityHours,
    earlyRenewalHours: 100,
  }));
  return new CertificateAuthority("ca", {
    organization: "berth",
    root: root!,
    issuing: { ...issuing!, generation },
  });
}

function newCertificate(identity: IssuedCertificateArgs["identity"]): IssuedCertificate {
  return new IssuedCertificate("one", { authority: newAuthority(), ...life, identity });
}

const server = {
  kind: "server" as const,
  dnsNames: ["b.example", "a.example", "a.example"],
  ipAddresses: ["127.0.0.1"],
};

let program: MockedProgram;
beforeEach(async () => {
  program = await MockedProgram.start(sampleProviders);
});

describe("the certificate authority", () => {
  it("signs with a root that may have one CA below it, and an issuing CA that may have none", async () => {
    newAuthority();
    const root = await program.only("tls:index/selfSignedCert:SelfSignedCert");
    const issuing = await program.only(CERTIFICATE);
    const uses = ["cert_signing", "crl_signing"];
    expect(root.inputs).toMatchObject({ isCaCertificate: true, maxPathLength: 1, allowedUses: uses });
    expect(issuing.inputs).toMatchObject({ isCaCertificate: true, maxPathLength: 0, allowedUses: uses });
    expect(issuing.inputs).toMatchObject({
      caPrivateKeyPem: "PRIVATE KEY of ca-root-key",
      caCertPem: "CERTIFICATE ca-root-cert",
    });
  });

  it("gives out its certificates, and its issuing key as a secret only", async () => {
    const authority = newAuthority();
    await program.resources();
    await expect(valueOf(authority.rootCertPem)).resolves.toBe("CERTIFICATE ca-root-cert");
    await expect(pulumi.isSecret(authority.issuingKeyPem)).resolves.toBe(true);
    await expect(pulumi.isSecret(authority.rootCertPem)).resolves.toBe(false);
    expect(Object.keys(authority.expiry)).toEqual(["root", "issuing"]);
  });

  it("has another issuing CA with another key for another generation, under the same root", async () => {
    newAuthority(2);
    const issuing = await program.only(CERTIFICATE);
    expect(issuing.name).toBe("ca-issuing-2-cert");
    expect(issuing.inputs).toMatchObject({
      caPrivateKeyPem: "PRIVATE KEY of ca-root-key",
      caCertPem: "CERTIFICATE ca-root-cert",
    });
    const keys = (await program.resources()).filter(({ type }) => type === "tls:index/privateKey:PrivateKey");
    expect(keys.map(({ name }) => name).sort()).toEqual(["ca-issuing-2-key", "ca-root-key"]);
  });

  it("lets no key reach a plain input", async () => {
    newAuthority();
    expect(await program.plainText()).not.toContain("PRIVATE KEY");
  });
});

describe("a server's certificate", () => {
  it("is for its names and addresses, each once, and for servers only", async () => {
    newCertificate(server);
    expect((await program.only("tls:index/certRequest:CertRequest", "one-request")).inputs).toMatchObject({
      dnsNames: ["a.example", "b.example"],
      ipAddresses: ["127.0.0.1"],
    });
    const { inputs } = await program.only(CERTIFICATE, "one-cert");
    expect(inputs.allowedUses).toEqual(["digital_signature", "server_auth"]);
    expect(inputs).not.toHaveProperty("isCaCertificate");
    expect(inputs.caCertPem).toBe("CERTIFICATE ca-issuing-cert");
  });

  it("comes with its key as a secret, its chain and its end", async () => {
    const certificate = newCertificate(server);
    await program.resources();
    await expect(pulumi.isSecret(certificate.keyPem!)).resolves.toBe(true);
    await expect(valueOf(certificate.chainPem)).resolves.toBe(
      "CERTIFICATE one-certCERTIFICATE ca-issuing-cert",
    );
    await expect(valueOf(certificate.expiry)).resolves.toBe("2027-01-01T00:00:00Z");
  });

  it("has its renewal window on the certificate and on nothing else, so that key and request stay", async () => {
    newCertificate(server);
    const windows = (await program.resources())
      .filter(({ name }) => name.startsWith("one"))
      .map(({ name, inputs }) => [name, inputs.earlyRenewalHours]);
    expect(windows).toEqual(
      expect.arrayContaining([
        ["one-cert", 720],
        ["one-key", undefined],
        ["one-request", undefined],
      ]),
    );
  });

  it("without a name is refused, naming the certificate", () => {
    expect(() => newCertificate({ ...server, dnsNames: [] })).toThrow(
      /certificate one needs at least one DNS name/,
    );
  });
});

describe("a client's certificate", () => {
  it("is made from the request that the operator gave, and we never have its key", async () => {
    const certificate = newCertificate({ kind: "client", csrPem });
    const { inputs } = await program.only(CERTIFICATE, "one-cert");
    expect(inputs.certRequestPem).toBe(csrPem);
    expect(inputs.allowedUses).toEqual(["digital_signature", "client_auth"]);
    expect(certificate.keyPem).toBeUndefined();
    const keys = (await program.resources()).filter(({ type }) => type === "tls:index/privateKey:PrivateKey");
    expect(keys.map(({ name }) => name).sort()).toEqual(["ca-issuing-key", "ca-root-key"]);
  });
});
