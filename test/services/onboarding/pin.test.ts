import { hashPin, newPin, normalisePin } from "../../../services/onboarding/pins/pin";
import { secretsEncryption } from "../../../services/onboarding/secrets-encryption";

const key = Buffer.alloc(32, 1);

describe("a PIN", () => {
  it("is ten letters of Crockford's base32, 50 bits, in two groups", () => {
    expect(newPin()).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
  });

  it("is another one every time, with every letter", () => {
    const pins = Array.from({ length: 2_000 }, newPin);
    expect(new Set(pins).size).toBe(pins.length);
    expect(new Set(pins.join("").replaceAll("-", "")).size).toBe(32);
  });

  it.each(["7K3QD-9WX01", "7k3qd9wx01", " 7K3QD 9WX01 ", "7K3QD-9WXOI", "7k3qd-9wxol"])(
    "is the same typed as %s",
    (typed) => {
      expect(normalisePin(typed)).toBe("7K3QD9WX01");
      expect(hashPin(key, "01", typed).equals(hashPin(key, "01", "7K3QD-9WX01"))).toBe(true);
    },
  );

  it("has another hash for another developer and under another key", () => {
    const hash = hashPin(key, "01", "7K3QD-9WX01");
    expect(hashPin(key, "02", "7K3QD-9WX01").equals(hash)).toBe(false);
    expect(hashPin(Buffer.alloc(32, 2), "01", "7K3QD-9WX01").equals(hash)).toBe(false);
  });
});

describe("a developer's key for secrets", () => {
  const of = (prefix: string, id: string, base = key): string => secretsEncryption(base, prefix, id);

  it("is 64 hex characters and always the same", () => {
    expect(of("berth", "01")).toMatch(/^[0-9a-f]{64}$/);
    expect(of("berth", "01")).toBe(of("berth", "01"));
  });

  it("differs by developer, installation and base key", () => {
    const all = [
      of("berth", "01"),
      of("berth", "02"),
      of("other", "01"),
      of("berth", "01", Buffer.alloc(32, 2)),
    ];
    expect(new Set(all).size).toBe(4);
  });
});
