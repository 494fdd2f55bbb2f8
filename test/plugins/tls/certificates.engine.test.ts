import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { definition } from "../../../plugins/tls/definition";
import {
  startPlugin,
  type Plain,
  type PlainProperties,
  type PluginClient,
} from "../../support/plugin-client";

const KEY = "tls:index/privateKey:PrivateKey";
const SELF_SIGNED = "tls:index/selfSignedCert:SelfSignedCert";
const REQUEST = "tls:index/certRequest:CertRequest";
const SIGNED = "tls:index/locallySignedCert:LocallySignedCert";
const CA_USES = ["cert_signing", "crl_signing"];

let plugin: PluginClient;
let folder: string;

beforeAll(async () => {
  plugin = await startPlugin(definition);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-tls-"));
});
afterAll(async () => {
  await plugin.close();
  fs.rmSync(folder, { recursive: true });
});

function file(name: string, content: string): string {
  const full = path.join(folder, name);
  fs.writeFileSync(full, content, { mode: 0o600 });
  return full;
}

function openssl(...args: string[]): string {
  return execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** The clear text of an output, secret or not. */
function text(value: Plain | undefined): string {
  const clear = typeof value === "object" && value !== null && "value" in value ? value.value : value;
  if (typeof clear !== "string") throw new Error("the output is no text");
  return clear;
}

/** Checks and creates, as the engine does. */
async function make(type: string, inputs: PlainProperties): Promise<PlainProperties & { id: string }> {
  const checked = await plugin.check(type, inputs);
  expect(checked.failures).toEqual([]);
  const { id, state } = await plugin.create(type, checked.inputs);
  return { ...state, id };
}

const newKey = (algorithm: string, more: PlainProperties = {}) => make(KEY, { algorithm, ...more });

/** A root, an issuing CA below it, and the issuing CA's key. */
async function makeAuthority(): Promise<{ root: string; issuing: string; issuingKey: string }> {
  const rootKey = text((await newKey("ECDSA", { ecdsaCurve: "P384" })).privateKeyPem);
  const root = await make(SELF_SIGNED, {
    privateKeyPem: rootKey,
    subject: { commonName: "Test root", organization: "Test" },
    isCaCertificate: true,
    maxPathLength: 1,
    allowedUses: CA_USES,
    validityPeriodHours: 48,
  });
  const issuingKey = text((await newKey("RSA", { rsaBits: 2048 })).privateKeyPem);
  const request = await make(REQUEST, { privateKeyPem: issuingKey, subject: { commonName: "Test issuing" } });
  const issuing = await make(SIGNED, {
    caCertPem: root.certPem,
    caPrivateKeyPem: rootKey,
    certRequestPem: request.certRequestPem,
    isCaCertificate: true,
    maxPathLength: 0,
    allowedUses: CA_USES,
    validityPeriodHours: 48,
  });
  return { root: text(root.certPem), issuing: text(issuing.certPem), issuingKey };
}

describe("a private key", () => {
  it.each([
    ["RSA", {}, /2048 bit/, "BEGIN RSA PRIVATE KEY"],
    ["RSA", { rsaBits: 3072 }, /3072 bit/, "BEGIN RSA PRIVATE KEY"],
    ["ECDSA", {}, /secp224r1/, "BEGIN EC PRIVATE KEY"],
    ["ECDSA", { ecdsaCurve: "P256" }, /prime256v1/, "BEGIN EC PRIVATE KEY"],
    ["ECDSA", { ecdsaCurve: "P521" }, /secp521r1/, "BEGIN EC PRIVATE KEY"],
    ["ED25519", {}, /ED25519/, "BEGIN PRIVATE KEY"],
  ])("of %s %j is one that openssl reads, in both PEM forms", async (algorithm, more, expected, preamble) => {
    const key = await newKey(algorithm, more);
    expect(text(key.privateKeyPem)).toContain(preamble);
    for (const form of ["privateKeyPem", "privateKeyPemPkcs8"]) {
      const name = file("key.pem", text(key[form]));
      expect(openssl("pkey", "-in", name, "-text", "-noout")).toMatch(expected);
      expect(openssl("pkey", "-in", name, "-pubout")).toBe(text(key.publicKeyPem));
    }
  });

  it.each([
    ["RSA", {}],
    ["ECDSA", { ecdsaCurve: "P256" }],
    ["ED25519", {}],
  ])("of %s is in OpenSSH's form what ssh-keygen says it is", async (algorithm, more) => {
    const key = await newKey(algorithm, more);
    const name = file("id", text(key.privateKeyOpenssh));
    const publicKey = execFileSync("ssh-keygen", ["-y", "-f", name], { encoding: "utf8" });
    expect(text(key.publicKeyOpenssh).trim()).toBe(publicKey.trim().split(" ").slice(0, 2).join(" "));
    const list = (hash: string) =>
      execFileSync("ssh-keygen", ["-l", "-E", hash, "-f", name], { encoding: "utf8" });
    expect(list("sha256")).toContain(text(key.publicKeyFingerprintSha256));
    expect(list("md5")).toContain(`MD5:${text(key.publicKeyFingerprintMd5)}`);
  });

  it("has every private form marked secret and no public one", async () => {
    const key = await newKey("ED25519");
    for (const name of ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"]) {
      expect(typeof key[name]).toBe("object");
    }
    expect(typeof key.publicKeyPem).toBe("string");
  });

  it("has its public parts told by getPublicKey, from PEM and from OpenSSH's form", async () => {
    const key = await newKey("ECDSA", { ecdsaCurve: "P256" });
    for (const name of ["privateKeyPem", "privateKeyOpenssh"]) {
      const { result } = await plugin.invoke("tls:index/getPublicKey:getPublicKey", {
        [name]: text(key[name]),
      });
      expect(result).toMatchObject({ algorithm: "ECDSA", publicKeyPem: key.publicKeyPem, id: key.id });
    }
  });
});

describe("a chain", () => {
  it("of root, issuing CA and server is one that openssl verifies, for its names and addresses", async () => {
    const { root, issuing, issuingKey } = await makeAuthority();
    const key = text((await newKey("ECDSA", { ecdsaCurve: "P256" })).privateKeyPem);
    const request = await make(REQUEST, {
      privateKeyPem: key,
      subject: { commonName: "shop.test" },
      dnsNames: ["shop.test", "*.shop.test"],
      ipAddresses: ["127.0.0.1", "::1"],
      uris: ["spiffe://test/shop"],
    });
    const server = await make(SIGNED, {
      caCertPem: issuing,
      caPrivateKeyPem: issuingKey,
      certRequestPem: request.certRequestPem,
      allowedUses: ["digital_signature", "server_auth"],
      setSubjectKeyId: true,
      validityPeriodHours: 24,
    });
    const [rootFile, issuingFile] = [file("root.pem", root), file("issuing.pem", issuing)];
    const certFile = file("server.pem", text(server.certPem));
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
      openssl("pkey", "-in", file("k", key), "-pubout"),
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
    const key = text((await newKey("ED25519")).privateKeyPem);
    const inputs = {
      privateKeyPem: key,
      subject: { commonName: "a" },
      allowedUses: ["server_auth"],
      validityPeriodHours: 1,
    };
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => (await make(SELF_SIGNED, inputs)).id),
    );
    expect(new Set(ids).size).toBe(20);
  });
});

describe("what cannot be", () => {
  const certificate = { allowedUses: ["server_auth"], validityPeriodHours: 1 };

  it("a key that is no key is refused by the input's name and without its content", async () => {
    const making = plugin.create(REQUEST, { privateKeyPem: "my-private-words" });
    await expect(making).rejects.toThrow("privateKeyPem is no private key in PEM");
    await expect(making).rejects.not.toThrow("my-private-words");
  });

  it("a key that Web Crypto cannot sign with is refused with those that it can", async () => {
    const key = text((await newKey("ECDSA")).privateKeyPem);
    await expect(plugin.create(REQUEST, { privateKeyPem: key })).rejects.toThrow("use P256, P384 or P521");
  });

  it("a request that its own key did not sign is refused", async () => {
    const { issuing, issuingKey } = await makeAuthority();
    const key = text((await newKey("ED25519")).privateKeyPem);
    const request = text(
      (await make(REQUEST, { privateKeyPem: key, subject: { commonName: "a" } })).certRequestPem,
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
    await expect(plugin.create(SIGNED, inputs)).rejects.toThrow(
      "certRequestPem is not signed by its own key",
    );
  });

  it("a CA key that is another's is refused", async () => {
    const { issuing } = await makeAuthority();
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const other = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    const request = await make(REQUEST, { privateKeyPem: other, subject: { commonName: "a" } });
    const inputs = {
      ...certificate,
      caCertPem: issuing,
      caPrivateKeyPem: other,
      certRequestPem: request.certRequestPem as string,
    };
    await expect(plugin.create(SIGNED, inputs)).rejects.toThrow(
      "caPrivateKeyPem is not the key of caCertPem",
    );
  });

  it("a use that X.509 does not know and a negative life are refused together", async () => {
    const { failures } = await plugin.check(SELF_SIGNED, {
      privateKeyPem: "k",
      allowedUses: ["world_domination"],
      validityPeriodHours: 1,
    });
    expect(failures.map(({ property }) => property)).toEqual(["allowedUses[0]"]);
    const negative = await plugin.check(SELF_SIGNED, {
      privateKeyPem: "k",
      allowedUses: [],
      validityPeriodHours: -1,
    });
    expect(negative.failures).toEqual([{ property: "validityPeriodHours", reason: "must not be negative" }]);
  });

  it("a resource of the official plugin that is not covered is refused by name", async () => {
    await expect(plugin.check("tls:index/unknown:Unknown", {})).rejects.toThrow("tls:index/unknown:Unknown");
  });
});
