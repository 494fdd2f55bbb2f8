import { execFileSync } from "node:child_process";
import type { PlainProperties } from "../../support/plugin-client";
import {
  CA_USES,
  makeAuthority,
  openssl,
  openWorkbench,
  REQUEST,
  SELF_SIGNED,
  SIGNED,
  text,
  type Workbench,
} from "./support";

let bench: Workbench;

beforeAll(async () => {
  bench = await openWorkbench();
});
afterAll(() => bench.close());

describe("a private key", () => {
  it.each([
    ["RSA", {}, /2048 bit/, "BEGIN RSA PRIVATE KEY"],
    ["RSA", { rsaBits: 3072 }, /3072 bit/, "BEGIN RSA PRIVATE KEY"],
    ["ECDSA", {}, /secp224r1/, "BEGIN EC PRIVATE KEY"],
    ["ECDSA", { ecdsaCurve: "P256" }, /prime256v1/, "BEGIN EC PRIVATE KEY"],
    ["ECDSA", { ecdsaCurve: "P521" }, /secp521r1/, "BEGIN EC PRIVATE KEY"],
    ["ED25519", {}, /ED25519/, "BEGIN PRIVATE KEY"],
  ])("of %s %j is one that openssl reads, in both PEM forms", async (algorithm, more, expected, preamble) => {
    const key = await bench.newKey(algorithm, more);
    expect(text(key.privateKeyPem)).toContain(preamble);
    for (const form of ["privateKeyPem", "privateKeyPemPkcs8"]) {
      const name = bench.file("key.pem", text(key[form]));
      expect(openssl("pkey", "-in", name, "-text", "-noout")).toMatch(expected);
      expect(openssl("pkey", "-in", name, "-pubout")).toBe(text(key.publicKeyPem));
    }
  });

  it.each([
    ["RSA", {}],
    ["ECDSA", { ecdsaCurve: "P256" }],
    ["ED25519", {}],
  ])("of %s is in OpenSSH's form what ssh-keygen says it is", async (algorithm, more) => {
    const key = await bench.newKey(algorithm, more);
    const name = bench.file("id", text(key.privateKeyOpenssh));
    const publicKey = execFileSync("ssh-keygen", ["-y", "-f", name], { encoding: "utf8" });
    expect(text(key.publicKeyOpenssh).trim()).toBe(publicKey.trim().split(" ").slice(0, 2).join(" "));
    const list = (hash: string) =>
      execFileSync("ssh-keygen", ["-l", "-E", hash, "-f", name], { encoding: "utf8" });
    expect(list("sha256")).toContain(text(key.publicKeyFingerprintSha256));
    expect(list("md5")).toContain(`MD5:${text(key.publicKeyFingerprintMd5)}`);
  });

  it("has every private form marked secret and no public one", async () => {
    const key = await bench.newKey("ED25519");
    for (const name of ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"]) {
      expect(typeof key[name]).toBe("object");
    }
    expect(typeof key.publicKeyPem).toBe("string");
  });

  it("has its public parts told by getPublicKey, from PEM and from OpenSSH's form", async () => {
    const key = await bench.newKey("ECDSA", { ecdsaCurve: "P256" });
    for (const name of ["privateKeyPem", "privateKeyOpenssh"]) {
      const { result } = await bench.plugin.invoke("tls:index/getPublicKey:getPublicKey", {
        [name]: text(key[name]),
      });
      expect(result).toMatchObject({ algorithm: "ECDSA", publicKeyPem: key.publicKeyPem, id: key.id });
    }
  });
});

describe("a certificate", () => {
  const ca = { subject: { commonName: "Test CA" }, isCaCertificate: true, allowedUses: CA_USES };
  const selfSigned = async (more: PlainProperties, algorithm = "ECDSA", key: PlainProperties = {}) => {
    const { privateKeyPem } = await bench.newKey(algorithm, key);
    return bench.make(SELF_SIGNED, {
      privateKeyPem: text(privateKeyPem),
      validityPeriodHours: 1,
      ...ca,
      ...more,
    });
  };
  const details = (certificate: PlainProperties) =>
    openssl("x509", "-in", bench.file("c.pem", text(certificate.certPem)), "-noout", "-text");

  // Source of the digests: Go's crypto/x509, signingParamsForKey, which the official plugin signs with.
  it.each([
    ["RSA", {}, "sha256WithRSAEncryption"],
    ["ECDSA", { ecdsaCurve: "P224" }, "ecdsa-with-SHA256"],
    ["ECDSA", { ecdsaCurve: "P256" }, "ecdsa-with-SHA256"],
    ["ECDSA", { ecdsaCurve: "P384" }, "ecdsa-with-SHA384"],
    ["ECDSA", { ecdsaCurve: "P521" }, "ecdsa-with-SHA512"],
    ["ED25519", {}, "ED25519"],
  ])("of a key of %s %j is signed with %s, and openssl verifies it", async (algorithm, key, signature) => {
    const made = await selfSigned({}, algorithm, key);
    expect(details(made)).toContain(`Signature Algorithm: ${signature}`);
    const name = bench.file("ca.pem", text(made.certPem));
    expect(openssl("verify", "-check_ss_sig", "-CAfile", name, name)).toContain("OK");
  });

  it.each([
    [undefined, /CA:TRUE\s*\n/],
    [-1, /CA:TRUE\s*\n/],
    [0, /CA:TRUE, pathlen:0\n/],
    [3, /CA:TRUE, pathlen:3\n/],
  ])("of a CA with maxPathLength %p says so", async (maxPathLength, expected) => {
    const more = maxPathLength === undefined ? {} : { maxPathLength };
    expect(details(await selfSigned(more))).toMatch(expected);
  });

  it("has a subject of exactly the given words, also where they look like syntax", async () => {
    const subject = { commonName: "a, O=b+CN=c", organization: "Ünder", streetAddresses: ["2nd", "1st"] };
    const name = bench.file("c.pem", text((await selfSigned({ subject })).certPem));
    const shown = openssl("x509", "-in", name, "-noout", "-subject", "-nameopt", "multiline,utf8,-esc_msb");
    expect(shown).toContain("commonName                = a, O=b+CN=c\n");
    expect(shown).toContain("organizationName          = Ünder\n");
    expect(shown).toMatch(/streetAddress {13}= 1st \+ streetAddress {13}= 2nd/);
  });

  it("without a subject has critical alternative names, because only they tell who it is", async () => {
    const made = await selfSigned({
      subject: {},
      isCaCertificate: false,
      allowedUses: ["server_auth"],
      dnsNames: ["a.test"],
      ipAddresses: ["::ffff:10.1.2.3", "2001:DB8::1"],
    });
    expect(details(made)).toMatch(
      /Subject Alternative Name: critical\s+DNS:a.test, IP Address:10.1.2.3, IP Address:2001:DB8:0:0:0:0:0:1/,
    );
  });
});

describe("a chain", () => {
  it("of root, issuing CA and server is one that openssl verifies, for its names and addresses", async () => {
    const { root, issuing, issuingKey } = await makeAuthority(bench);
    const key = text((await bench.newKey("ECDSA", { ecdsaCurve: "P256" })).privateKeyPem);
    const request = await bench.make(REQUEST, {
      privateKeyPem: key,
      subject: { commonName: "shop.test" },
      dnsNames: ["shop.test", "*.shop.test"],
      ipAddresses: ["127.0.0.1", "::1"],
      uris: ["spiffe://test/shop"],
    });
    const server = await bench.make(SIGNED, {
      caCertPem: issuing,
      caPrivateKeyPem: issuingKey,
      certRequestPem: request.certRequestPem,
      allowedUses: ["digital_signature", "server_auth"],
      setSubjectKeyId: true,
      validityPeriodHours: 24,
    });
    const [rootFile, issuingFile] = [bench.file("root.pem", root), bench.file("issuing.pem", issuing)];
    const certFile = bench.file("server.pem", text(server.certPem));
    const verify = ["verify", "-x509_strict", "-CAfile", rootFile, "-untrusted", issuingFile];
    for (const purpose of [
      ["-verify_hostname", "www.shop.test"],
      ["-verify_ip", "::1"],
    ]) {
      expect(openssl(...verify, "-purpose", "sslserver", ...purpose, certFile)).toContain("OK");
    }
    expect(() => openssl(...verify, "-purpose", "sslclient", certFile)).toThrow();
    expect(() => openssl(...verify, "-verify_hostname", "bank.test", certFile)).toThrow();

    const details = openssl("x509", "-in", certFile, "-noout", "-text");
    expect(details).toContain("URI:spiffe://test/shop");
    expect(details).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(openssl("x509", "-in", issuingFile, "-noout", "-text")).toMatch(/CA:TRUE, pathlen:0/);
    expect(openssl("x509", "-in", certFile, "-noout", "-pubkey")).toBe(
      openssl("pkey", "-in", bench.file("k", key), "-pubout"),
    );
    expect(openssl("x509", "-in", certFile, "-noout", "-enddate")).toContain(
      new Date(text(server.validityEndTime)).getUTCFullYear().toString(),
    );
    expect(Date.parse(text(server.validityEndTime)) - Date.parse(text(server.validityStartTime))).toBe(
      24 * 3_600_000,
    );
    expect(BigInt(server.id) > 0n && BigInt(server.id) < 2n ** 127n).toBe(true);
  });

  it("never has two certificates with one serial number", async () => {
    const key = text((await bench.newKey("ED25519")).privateKeyPem);
    const inputs = {
      privateKeyPem: key,
      subject: { commonName: "a" },
      allowedUses: ["server_auth"],
      validityPeriodHours: 1,
    };
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => (await bench.make(SELF_SIGNED, inputs)).id),
    );
    expect(new Set(ids).size).toBe(20);
  });
});
