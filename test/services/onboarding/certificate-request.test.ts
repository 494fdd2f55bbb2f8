import { generateKeyPairSync, createHash } from "node:crypto";
import * as fc from "fast-check";
import { readCertificateRequest } from "../../../services/onboarding/certificates/certificate-request";
import { Refusal } from "../../../services/onboarding/refusal";
import { hostileRequests } from "./hostile-requests";
import {
  der,
  ecKey,
  ED25519,
  integer,
  oid,
  pem,
  requestDer,
  RSA_SHA256,
  rsaKey,
  sequence,
  spkiOf,
} from "./request-builder";

const hostile = hostileRequests();

describe("a certificate request", () => {
  it.each([
    ["ECDSA on P-256", ecKey(), {}],
    ["ECDSA on P-384", ecKey("P-384"), { digest: "sha384", algorithm: sequence(oid("1.2.840.10045.4.3.3")) }],
    ["Ed25519", generateKeyPairSync("ed25519").privateKey, { digest: null, algorithm: ED25519 }],
    ["RSA of 3072 bits", rsaKey(3_072), { algorithm: RSA_SHA256 }],
  ])("is accepted with %s", (_what, key, parts) => {
    const { publicKey, keyHash } = readCertificateRequest(pem(requestDer({ key, ...parts })));
    const spki = spkiOf(key);
    expect(publicKey.export({ format: "der", type: "spki" }).equals(spki)).toBe(true);
    expect(keyHash.equals(createHash("sha256").update(spki).digest())).toBe(true);
  });

  it("may ask for a CA, any name and any use: nothing of it is read", () => {
    const extensions = sequence(sequence(oid("2.5.29.19"), der(0x04, sequence(der(0x01, [0xff])))));
    const attribute = sequence(oid("1.2.840.113549.1.9.14"), der(0x31, extensions));
    const key = ecKey();
    const request = readCertificateRequest(pem(requestDer({ key, attributes: der(0xa0, attribute) })));
    expect(Object.keys(request)).toEqual(["publicKey", "keyHash"]);
  });

  it("may have line ends of Windows and blank space around it", () => {
    const text = `\n ${pem(requestDer()).replaceAll("\n", "\r\n")}\r\n`;
    expect(readCertificateRequest(text).publicKey.asymmetricKeyType).toBe("ec");
  });

  it("has at least 50 hostile forms here", () => {
    expect(hostile.length).toBeGreaterThanOrEqual(50);
    expect(new Set(hostile.map(([, csr]) => csr)).size).toBe(hostile.length);
  });

  it.each(hostile)("is refused: %s", (_what, csr, why) => {
    let refusal: unknown;
    try {
      readCertificateRequest(csr);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({
      status: 400,
      code: "invalid_csr",
      message: expect.stringMatching(why) as unknown,
    });
    const body = csr.split("\n")[1];
    if (body !== undefined && body.length > 20) expect((refusal as Refusal).message).not.toContain(body);
  });

  it("is refused, and nothing worse happens, with any one byte changed", () => {
    const whole = requestDer();
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(() => readCertificateRequest(pem(changed))).toThrow(Refusal);
      }),
      { numRuns: 500 },
    );
  });

  it("is refused, and nothing worse happens, as any bytes", () => {
    const start = integer(0n);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => readCertificateRequest(pem(sequence(start, Buffer.from(bytes))))).toThrow(Refusal);
      }),
      { numRuns: 300 },
    );
  });
});
