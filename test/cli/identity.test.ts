import { createPublicKey, X509Certificate } from "node:crypto";
import { newKeyAndRequest } from "../../cli/identity/certificate-request";
import { readFingerprint } from "../../cli/identity/pair";
import { urgency } from "../../cli/dev/renewal";
import { readCertificateRequest } from "../../services/onboarding/certificates/certificate-request";

describe("a certificate request", () => {
  it("is one that the service accepts, for the key that was made", () => {
    const { keyPem, csrPem } = newKeyAndRequest("01");
    const requested = readCertificateRequest(csrPem).publicKey;
    expect(requested.equals(createPublicKey(keyPem))).toBe(true);
    expect(requested.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
  });

  it("has another key each time", () => {
    expect(newKeyAndRequest("01").keyPem).not.toBe(newKeyAndRequest("01").keyPem);
  });
});

describe("a fingerprint", () => {
  const bare = "0a".repeat(32);
  const colons = Array<string>(32).fill("0A").join(":");
  it.each([
    bare,
    bare.toUpperCase(),
    colons,
    ` ${colons}\n`,
    `sha256 Fingerprint=${colons}`,
    `SHA256:${bare}`,
  ])("is read as people paste it: %s", (text) => expect(readFingerprint(text)).toBe(colons));

  it.each(["", "0a", `${bare}0a`, "zz".repeat(32), X509Certificate.name])("is not: '%s'", (text) =>
    expect(readFingerprint(text)).toBeUndefined(),
  );
});

it.each([
  [30, "none"],
  [14.1, "none"],
  [14, "warn"],
  [10.1, "warn"],
  [10, "offered"],
  [3, "offered"],
  [2.9, "needed"],
  [-1, "needed"],
])("with %s days left a renewal is: %s", (days, level) => expect(urgency(days)).toBe(level));
