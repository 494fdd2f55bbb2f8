import { generateKeyPairSync } from "node:crypto";
import {
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

describe("what cannot be", () => {
  const certificate = { allowedUses: ["server_auth"], validityPeriodHours: 1 };

  it("a key that is no key is refused by the input's name and without its content", async () => {
    const making = bench.plugin.create(REQUEST, { privateKeyPem: "my-private-words" });
    await expect(making).rejects.toThrow("privateKeyPem is no private key in PEM");
    await expect(making).rejects.not.toThrow("my-private-words");
  });

  it("a key on a curve that the resources do not know is refused with those that they do", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
    const key = privateKey.export({ format: "pem", type: "sec1" }).toString();
    await expect(bench.plugin.create(REQUEST, { privateKeyPem: key })).rejects.toThrow(
      "ECDSA on P224, P256, P384, P521",
    );
  });

  it.each([
    ["dnsNames", "two words", "must be a name in ASCII"],
    ["dnsNames", "bücher.test", "xn--"],
    ["ipAddresses", "10.0.0.0/8", "without prefix length"],
    ["ipAddresses", "fe80::1%eth0", "port or zone"],
    ["uris", "https://a.test/ü", "%XX"],
    ["uris", "https://a.test/%G1", "%XX"],
  ])("a name in %s like %p is refused by its place", async (property, name, advice) => {
    const inputs = { privateKeyPem: "k", [property]: ["", name].slice(1) };
    const { failures } = await bench.plugin.check(REQUEST, inputs);
    expect(failures).toEqual([
      { property: `${property}[0]`, reason: expect.stringContaining(advice) as string },
    ]);
  });

  it("an end after the year 9999 is refused", async () => {
    const { failures } = await bench.plugin.check(SELF_SIGNED, {
      ...certificate,
      privateKeyPem: "k",
      validityPeriodHours: 80_000_000,
    });
    expect(failures).toMatchObject([{ property: "validityPeriodHours" }]);
  });

  it("a CA without a subject is refused with what to give", async () => {
    const key = text((await bench.newKey("ED25519")).privateKeyPem);
    const inputs = { ...certificate, privateKeyPem: key, isCaCertificate: true };
    await expect(bench.plugin.create(SELF_SIGNED, inputs)).rejects.toThrow("give at least a common name");
  });

  it("a request that SHA-1 signed is refused", async () => {
    const { issuing, issuingKey } = await makeAuthority(bench);
    const key = bench.file("key.pem", text((await bench.newKey("RSA")).privateKeyPem));
    const certRequestPem = openssl("req", "-new", "-key", key, "-subj", "/CN=a", "-sha1");
    const inputs = { ...certificate, caCertPem: issuing, caPrivateKeyPem: issuingKey, certRequestPem };
    await expect(bench.plugin.create(SIGNED, inputs)).rejects.toThrow("algorithm that is not accepted");
  });

  it("names of other kinds in a foreign request are not signed", async () => {
    const { issuing, issuingKey } = await makeAuthority(bench);
    const key = bench.file(
      "key.pem",
      text((await bench.newKey("ECDSA", { ecdsaCurve: "P256" })).privateKeyPem),
    );
    const names = "subjectAltName=DNS:a.test,email:root@a.test,URI:https://a.test/";
    const subject = ["-subj", "/CN=a", "-addext", names, "-addext", "basicConstraints=critical,CA:TRUE"];
    const certRequestPem = openssl("req", "-new", "-key", key, ...subject);
    const inputs = { ...certificate, caCertPem: issuing, caPrivateKeyPem: issuingKey, certRequestPem };
    const made = await bench.make(SIGNED, inputs);
    const shown = openssl("x509", "-in", bench.file("c.pem", text(made.certPem)), "-noout", "-text");
    expect(shown).toMatch(/Subject Alternative Name:\s+DNS:a.test, URI:https:\/\/a.test\/\n/);
    expect(shown).toContain("CA:FALSE");
  });

  it("a request that its own key did not sign is refused", async () => {
    const { issuing, issuingKey } = await makeAuthority(bench);
    const key = text((await bench.newKey("ED25519")).privateKeyPem);
    const request = text(
      (await bench.make(REQUEST, { privateKeyPem: key, subject: { commonName: "a" } })).certRequestPem,
    );
    const der = Buffer.from(request.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
    const inputs = {
      ...certificate,
      caCertPem: issuing,
      caPrivateKeyPem: issuingKey,
      certRequestPem: forged,
    };
    await expect(bench.plugin.create(SIGNED, inputs)).rejects.toThrow(
      "certRequestPem is not signed by its own key",
    );
  });

  it("a CA key that is another's is refused", async () => {
    const { issuing } = await makeAuthority(bench);
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const other = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    const request = await bench.make(REQUEST, { privateKeyPem: other, subject: { commonName: "a" } });
    const inputs = {
      ...certificate,
      caCertPem: issuing,
      caPrivateKeyPem: other,
      certRequestPem: request.certRequestPem as string,
    };
    await expect(bench.plugin.create(SIGNED, inputs)).rejects.toThrow(
      "caPrivateKeyPem is not the key of caCertPem",
    );
  });

  it("a use that X.509 does not know and a negative life are refused together", async () => {
    const { failures } = await bench.plugin.check(SELF_SIGNED, {
      privateKeyPem: "k",
      allowedUses: ["world_domination"],
      validityPeriodHours: 1,
    });
    expect(failures.map(({ property }) => property)).toEqual(["allowedUses[0]"]);
    const negative = await bench.plugin.check(SELF_SIGNED, {
      privateKeyPem: "k",
      allowedUses: [],
      validityPeriodHours: -1,
    });
    expect(negative.failures).toEqual([
      { property: "validityPeriodHours", reason: '"validityPeriodHours" must be 0 or more' },
    ]);
  });

  it("a resource of the official plugin that is not covered is refused by name", async () => {
    await expect(bench.plugin.check("tls:index/unknown:Unknown", {})).rejects.toThrow(
      "tls:index/unknown:Unknown",
    );
  });
});
