import * as pulumi from "@pulumi/pulumi";
import { loadConfig, rawConfig } from "../../config/load";

const config = {
  "berth:environment": "dev",
  "berth:network": '{"subnet":"10.89.0.0/24"}',
  "berth:apps": '[{"path":"examples/shop","developerId":"01"},{"path":"examples/ledger","developerId":"01"}]',
  "berth:extraCaBundle": "none",
};
const environment = { ...process.env };

beforeEach(async () => {
  await pulumi.runtime.setMocks(
    { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
    "berth",
    "dev",
  );
  for (const name of ["DOCKER_HOST", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"]) delete process.env[name];
});
afterEach(() => {
  process.env = { ...environment };
});

function load(changes: Record<string, string> = {}): ReturnType<typeof loadConfig> {
  pulumi.runtime.setAllConfig({ ...config, ...changes });
  return loadConfig();
}

describe("what a stack is built from", () => {
  it("is the config with every app's own description", () => {
    const loaded = load();
    expect(loaded.config.network.subnet).toBe("10.89.0.0/24");
    expect(loaded.apps.map(({ manifest }) => manifest.name)).toEqual(["shop", "ledger"]);
    expect(loaded.extraCaImage).toBe("berth-extra-ca:none");
  });

  it("takes no key of another project or of a provider", () => {
    expect(rawConfig({ ...config, "docker:host": "tcp://elsewhere:2376" })).not.toHaveProperty("host");
  });

  it("takes text that only looks like JSON as text, for the schema to judge", () => {
    expect(rawConfig({ "berth:apps": "[not json" })).toEqual({ apps: "[not json" });
    expect(() => load({ "berth:apps": "[not json" })).toThrow(
      /berth:apps must be a list \(Pulumi\.dev\.yaml\)/,
    );
  });

  it("names every app folder that is wrong, at once", () => {
    const apps = '[{"path":"examples/one","developerId":"01"},{"path":"examples/two","developerId":"01"}]';
    expect(() => load({ "berth:apps": apps })).toThrow(
      /examples\/one\/berth\.yaml.*\n.*examples\/two\/berth/,
    );
  });

  it("has no app of one developer twice", () => {
    const apps = '[{"path":"examples/shop","developerId":"01"},{"path":"examples/shop","developerId":"01"}]';
    expect(() => load({ "berth:apps": apps })).toThrow(/berth:apps names 01\/shop twice/);
    const two = apps.replace(/01"}]$/, '02"}]');
    expect(load({ "berth:apps": two }).apps).toHaveLength(2);
  });
});

describe("the engine's address", () => {
  it("is the config's, else DOCKER_HOST, else the usual socket", () => {
    expect(load().engine.host).toBe("unix:///var/run/docker.sock");
    process.env.DOCKER_HOST = "tcp://docker.example:2376";
    expect(load().engine.host).toBe("tcp://docker.example:2376");
    expect(load({ "berth:engine": '{"host":"unix:///run/other.sock"}' }).engine.host).toBe(
      "unix:///run/other.sock",
    );
  });

  it("takes DOCKER_CERT_PATH only where TLS is asked for, as the docker command does", () => {
    process.env.DOCKER_CERT_PATH = "/certs";
    expect(load().engine.certPath).toBeUndefined();
    process.env.DOCKER_TLS_VERIFY = "1";
    expect(load().engine.certPath).toBe("/certs");
    expect(load({ "berth:engine": '{"certPath":"/own"}' }).engine.certPath).toBe("/own");
  });
});

describe("a stack and its environment", () => {
  it("have one name: a stack pro under the rules of dev would be a way around every rule", () => {
    expect(() => load({ "berth:environment": "pro" })).toThrow(
      "stack 'dev' has berth:environment pro (Pulumi.dev.yaml): a stack is named like its environment",
    );
  });
});

describe("secrets of apps", () => {
  const secrets = { "berth:appSecrets": '{"stripe-key":"hunter2"}' };

  it("go no further than to whom they are for", () => {
    const loaded = load(secrets);
    expect(JSON.stringify(loaded.config)).not.toContain("hunter2");
    expect(loaded.configuredSecrets).toEqual({ "stripe-key": "hunter2" });
    expect(() => load({ "berth:appSecrets": '{"../key":"hunter2"}' })).toThrow(
      /berth:appSecrets.*must be a secret's key/,
    );
  });

  it("are refused where the file has them in clear text", () => {
    process.env.PULUMI_CONFIG_SECRET_KEYS = '["berth:registryPassword"]';
    expect(() => load(secrets)).toThrow(
      /clear text \(Pulumi\.dev\.yaml\).*pulumi config set --secret --path/,
    );
    process.env.PULUMI_CONFIG_SECRET_KEYS = '["berth:appSecrets"]';
    expect(load(secrets).configuredSecrets).toEqual({ "stripe-key": "hunter2" });
  });
});

describe("a registry's password", () => {
  const registry = { "berth:registry": '{"external":{"address":"r.example","username":"ci"}}' };

  it("goes on as a secret output and no further as text", async () => {
    const loaded = load({ ...registry, "berth:registryPassword": "hunter2" });
    expect(JSON.stringify(loaded.config)).not.toContain("hunter2");
    await expect(pulumi.isSecret(loaded.registryPassword!)).resolves.toBe(true);
  });
});
