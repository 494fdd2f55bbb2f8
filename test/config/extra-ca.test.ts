import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { rootCertificates } from "node:tls";
import { extraCaImageName, findExtraCaBundle } from "../../config/extra-ca";

let folder: string;
let bundle: string;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-extra-ca-"));
  bundle = path.join(folder, "ca.pem");
  fs.writeFileSync(bundle, rootCertificates[0] ?? "");
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string): string => {
  const target = path.join(folder, name);
  fs.writeFileSync(target, content);
  return target;
};

test('"auto" takes what the host\'s Node was given, before what OpenSSL was given', () => {
  const other = file("other.pem", fs.readFileSync(bundle, "utf8") + "\n");
  expect(findExtraCaBundle("auto", { NODE_EXTRA_CA_CERTS: bundle, SSL_CERT_FILE: other })?.path).toBe(bundle);
  expect(findExtraCaBundle("auto", { SSL_CERT_FILE: other })?.path).toBe(other);
});

test('"auto" takes none where the host has none, and "none" takes none whatever the host has', () => {
  expect(findExtraCaBundle("auto", { NODE_EXTRA_CA_CERTS: "" })).toBeUndefined();
  expect(findExtraCaBundle("none", { NODE_EXTRA_CA_CERTS: bundle })).toBeUndefined();
  expect(extraCaImageName(undefined)).toBe("berth-extra-ca:none");
});

test("a path wins over the host, and the image is named after the content alone", () => {
  const copy = file("copy.pem", fs.readFileSync(bundle, "utf8"));
  const found = findExtraCaBundle(bundle, { NODE_EXTRA_CA_CERTS: "/elsewhere" });
  expect(found?.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(extraCaImageName(found)).toBe(`berth-extra-ca:${found?.sha256.slice(0, 12)}`);
  expect(extraCaImageName(findExtraCaBundle(copy, {}))).toBe(extraCaImageName(found));
});

test("a missing file is refused, naming who chose it and what to do", () => {
  expect(() => findExtraCaBundle("/gone/ca.pem", {})).toThrow(
    /berth:extraCaBundle names \/gone\/ca\.pem, which cannot be read \(ENOENT\).*"none"/,
  );
  expect(() => findExtraCaBundle("auto", { SSL_CERT_FILE: "/gone/ca.pem" })).toThrow(
    /variable SSL_CERT_FILE/,
  );
});

test("a file without any certificate is refused", () => {
  expect(() => findExtraCaBundle(file("key-only.pem", "-----BEGIN PRIVATE KEY-----\n"), {})).toThrow(
    "holds no PEM certificate",
  );
});

test("a damaged certificate is refused by its number", () => {
  const good = `${fs.readFileSync(bundle, "utf8")}\n`;
  const damaged = file(
    "damaged.pem",
    `${good}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
  );
  expect(() => findExtraCaBundle(damaged, {})).toThrow("certificate 2 is damaged");
});
