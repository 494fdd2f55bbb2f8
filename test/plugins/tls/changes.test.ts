import { definition } from "../../../plugins/tls/definition";
import type { PlainProperties } from "../../support/plugin-client";
import { startPlugin, type PluginClient } from "../../support/plugin-client";

// What a change of each input means. Source of every row: hashicorp/terraform-provider-tls, internal/provider/resource_<name>.go,
// the attribute's plan modifiers (RequiresReplace) and, for early_renewal_hours, their absence.
const CHANGES: [type: string, input: string, from: unknown, to: unknown, kind: string][] = [
  ["privateKey:PrivateKey", "algorithm", "RSA", "ED25519", "update-replace"],
  ["privateKey:PrivateKey", "ecdsaCurve", "P256", "P384", "update-replace"],
  ["privateKey:PrivateKey", "rsaBits", 2048, 3072, "update-replace"],
  ["selfSignedCert:SelfSignedCert", "privateKeyPem", "one", "other", "update-replace"],
  ["selfSignedCert:SelfSignedCert", "validityPeriodHours", 24, 48, "update-replace"],
  ["selfSignedCert:SelfSignedCert", "isCaCertificate", false, true, "update-replace"],
  ["selfSignedCert:SelfSignedCert", "setSubjectKeyId", false, true, "update-replace"],
  ["selfSignedCert:SelfSignedCert", "setAuthorityKeyId", false, true, "update-replace"],
  ["selfSignedCert:SelfSignedCert", "maxPathLength", 1, 2, "update-replace"],
  ["selfSignedCert:SelfSignedCert", "earlyRenewalHours", 0, 1, "update"],
  ["certRequest:CertRequest", "privateKeyPem", "one", "other", "update-replace"],
  ["locallySignedCert:LocallySignedCert", "certRequestPem", "one", "other", "update-replace"],
  ["locallySignedCert:LocallySignedCert", "caCertPem", "one", "other", "update-replace"],
  ["locallySignedCert:LocallySignedCert", "caPrivateKeyPem", "one", "other", "update-replace"],
  ["locallySignedCert:LocallySignedCert", "validityPeriodHours", 24, 48, "update-replace"],
  ["locallySignedCert:LocallySignedCert", "isCaCertificate", false, true, "update-replace"],
  ["locallySignedCert:LocallySignedCert", "maxPathLength", 1, 2, "update-replace"],
  ["locallySignedCert:LocallySignedCert", "setSubjectKeyId", false, true, "update-replace"],
  ["locallySignedCert:LocallySignedCert", "earlyRenewalHours", 0, 1, "update"],
];

/** Lists and maps: any change inside them replaces, wherever in them it is. */
const INSIDE: [type: string, input: string, from: unknown, to: unknown][] = [
  ["selfSignedCert:SelfSignedCert", "allowedUses", ["server_auth"], ["client_auth"]],
  ["selfSignedCert:SelfSignedCert", "dnsNames", ["a.test"], ["b.test"]],
  ["selfSignedCert:SelfSignedCert", "ipAddresses", ["10.0.0.1"], ["10.0.0.2"]],
  ["selfSignedCert:SelfSignedCert", "uris", ["spiffe://a"], ["spiffe://b"]],
  ["selfSignedCert:SelfSignedCert", "subject", { commonName: "a" }, { commonName: "b" }],
  ["certRequest:CertRequest", "dnsNames", ["a.test"], ["b.test"]],
  ["certRequest:CertRequest", "ipAddresses", ["10.0.0.1"], ["10.0.0.2"]],
  ["certRequest:CertRequest", "uris", ["spiffe://a"], ["spiffe://b"]],
  ["certRequest:CertRequest", "subject", { commonName: "a" }, { commonName: "b" }],
  ["locallySignedCert:LocallySignedCert", "allowedUses", ["server_auth"], ["client_auth"]],
];

const HOUR_MS = 3_600_000;
const endingIn = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();

let plugin: PluginClient;
beforeAll(async () => {
  plugin = await startPlugin(definition);
});
afterAll(() => plugin.close());

describe("a changed input", () => {
  it.each(CHANGES)("of %s, %s, from %p to %p is %s", async (type, input, from, to, kind) => {
    const { detailed } = await plugin.diff(`tls:index/${type}`, {
      oldInputs: { [input]: from } as PlainProperties,
      inputs: { [input]: to } as PlainProperties,
    });
    expect(detailed).toEqual({ [input]: kind });
  });

  it.each(INSIDE)("inside %s, %s, replaces", async (type, input, from, to) => {
    const { replaces } = await plugin.diff(`tls:index/${type}`, {
      oldInputs: { [input]: from } as PlainProperties,
      inputs: { [input]: to } as PlainProperties,
    });
    expect(replaces.length).toBeGreaterThan(0);
    expect(replaces.every((path) => path.startsWith(input))).toBe(true);
  });
});

describe("renewal", () => {
  const type = "tls:index/locallySignedCert:LocallySignedCert";
  const difference = (hoursLeft: number, oldHours: number, newHours: number) => {
    const oldInputs = { earlyRenewalHours: oldHours };
    const state = { ...oldInputs, validityEndTime: endingIn(hoursLeft) };
    return plugin.diff(type, { oldInputs, state, inputs: { earlyRenewalHours: newHours } });
  };

  it("leaves a certificate alone before its window", async () => {
    expect((await difference(11, 10, 10)).changed).toBe(false);
  });

  it("replaces a certificate inside its window, in a plain diff and without a refresh", async () => {
    expect((await difference(9, 10, 10)).replaces).toEqual(["readyForRenewal"]);
  });

  it("replaces an expired certificate though it has no window", async () => {
    expect((await difference(-1, 0, 0)).replaces).toEqual(["readyForRenewal"]);
  });

  it("judges by the new window: a wider one replaces at once, a narrower one only updates", async () => {
    expect((await difference(11, 10, 12)).replaces).toEqual(["readyForRenewal"]);
    expect(await difference(9, 10, 5)).toMatchObject({
      replaces: [],
      detailed: { earlyRenewalHours: "update" },
    });
  });

  it("is told by a refresh", async () => {
    const inputs = { earlyRenewalHours: 10 };
    const read = (hoursLeft: number) =>
      plugin.read(type, "1", { inputs, state: { ...inputs, validityEndTime: endingIn(hoursLeft) } });
    expect((await read(9))?.state.readyForRenewal).toBe(true);
    expect((await read(11))?.state.readyForRenewal).toBe(false);
  });

  it("that a refresh noted is taken back by a narrower window, without a replacement", async () => {
    const oldInputs = { earlyRenewalHours: 10 };
    const state = { ...oldInputs, validityEndTime: endingIn(9), readyForRenewal: true };
    const found = await plugin.diff(type, { oldInputs, state, inputs: { earlyRenewalHours: 5 } });
    expect(found.replaces).toEqual([]);
    expect(found.detailed).toMatchObject({ readyForRenewal: "update" });
  });
});

test("a maxPathLength that is no longer given stays as it was made", async () => {
  const type = "tls:index/selfSignedCert:SelfSignedCert";
  const state = { maxPathLength: 1, validityEndTime: endingIn(9) };
  const found = await plugin.diff(type, { oldInputs: { maxPathLength: 1 }, state, inputs: {} });
  expect(found.changed).toBe(false);
});
