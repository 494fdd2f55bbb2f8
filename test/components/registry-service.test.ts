import * as pulumi from "@pulumi/pulumi";
import { PasswordSeed } from "../../components/password";
import { RegistryService } from "../../components/registry-service";
import { MockedProgram, valueOf } from "../support/pulumi-mocks";
import { sampleProviders } from "../support/sample-providers";
import { sampleSettings } from "../support/sample-settings";

const CONTAINER = "docker:index/container:Container";

let program: MockedProgram;
beforeEach(async () => {
  program = await MockedProgram.start(sampleProviders);
});

const newRegistry = (host = "localhost"): RegistryService =>
  new RegistryService("rg", {
    ...sampleSettings,
    network: "berth-dev-network",
    passwords: new PasswordSeed("seed"),
    ...{ port: 5443, bindAddress: "127.0.0.1", host, memoryMb: 256 },
    certificate: {
      chainPem: pulumi.output("CERTIFICATE leaf and issuer"),
      keyPem: pulumi.secret("PRIVATE KEY of the registry"),
    },
  });

describe("the registry", () => {
  it("keeps images on a volume and has certificate, key and password in files", async () => {
    const registry = newRegistry();
    const { inputs } = await program.only(CONTAINER);
    expect(inputs).toMatchObject({
      name: "berth-dev-registry",
      mounts: [{ type: "volume", source: "berth-dev-registry-data", target: "/var/lib/berth/registry" }],
      uploads: [
        { file: "/run/secrets/berth/registry-cert.pem", content: "CERTIFICATE leaf and issuer" },
        { file: "/run/secrets/berth/registry-key.pem", content: "PRIVATE KEY of the registry" },
        { file: "/run/secrets/berth/registry-password", content: await valueOf(registry.password) },
      ],
    });
  });

  it("publishes its TLS port on the address that the config names", async () => {
    newRegistry();
    expect((await program.only(CONTAINER)).inputs).toMatchObject({
      networkMode: "berth-dev-network",
      ports: [{ internal: 5000, external: 5443, ip: "127.0.0.1" }],
    });
  });

  it("has one account with a password of its own, which like the key nobody can read from the plan", async () => {
    const registry = newRegistry();
    const password = await valueOf(registry.password);
    expect(registry.username).toBe("berth");
    expect(password).toMatch(/^[\w-]{43}$/);
    await expect(pulumi.isSecret(registry.password)).resolves.toBe(true);
    const plan = await program.plainText();
    expect(plan).not.toContain(password);
    expect(plan).not.toContain("PRIVATE KEY of the registry");
  });

  it("has the address that image names begin with", () => {
    expect(newRegistry().address).toBe("localhost:5443");
  });

  it("puts an IPv6 address into brackets", () => {
    expect(newRegistry("fd00::1").address).toBe("[fd00::1]:5443");
  });
});
