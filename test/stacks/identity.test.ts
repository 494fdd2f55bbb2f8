import { parseSettings } from "../../services/gateway/settings";
import { buildStack } from "../../stacks/build";
import type { StackOutputs } from "../../stacks/outputs";
import { MockedProgram, valueOf, type DeclaredResource } from "../support/pulumi-mocks";
import { sampleProviders } from "../support/sample-providers";
import { builtConfig, sampleStack } from "../support/sample-stack";

const CONTAINER = "docker:index/container:Container";
const identity = { enabled: true, host: "build.example" };

let program: MockedProgram;
beforeEach(async () => {
  program = await MockedProgram.start(sampleProviders);
});

describe("a dev stack that lets developers in", () => {
  let outputs: StackOutputs;
  let containers: DeclaredResource[];
  const containerOf = (role: string): DeclaredResource => {
    const found = containers.find(({ inputs }) => inputs.name === `berth-dev-${role}`);
    if (!found) throw new Error(`there is no container of role ${role}`);
    return found;
  };
  const settingsOf = (role: string): Record<string, unknown> => {
    const uploads = containerOf(role).inputs.uploads as { file: string; content: string }[];
    const text = uploads.find(({ file }) => file === `/run/berth/${role}.json`)?.content;
    return JSON.parse(text ?? "") as Record<string, unknown>;
  };

  beforeEach(async () => {
    outputs = await buildStack(
      sampleStack({ identity, gateway: { quota: { containers: 3 }, sharedImages: ["alpine:3"] } }),
    );
    containers = (await program.resources()).filter(({ type }) => type === CONTAINER);
  });

  it("says where developers get their certificate and where their engine is", async () => {
    await expect(valueOf(outputs.onboardingUrl)).resolves.toBe("https://build.example:8443");
    await expect(valueOf(outputs.dockerHost)).resolves.toBe("tcp://build.example:2376");
    expect(Object.keys(outputs.serviceContainers)).toEqual(
      expect.arrayContaining(["identity-postgres", "onboarding", "gateway"]),
    );
  });

  it("puts database, onboarding and gateway on a network where no app is", () => {
    const onIdentity = containers.filter(({ inputs }) => inputs.networkMode === "berth-dev-identity");
    expect(onIdentity.map(({ inputs }) => inputs.name).sort()).toEqual([
      "berth-dev-gateway",
      "berth-dev-identity-postgres",
      "berth-dev-onboarding",
    ]);
  });

  it("gives the engine's socket to the gateway, and to onboarding nothing but the audit log to read", () => {
    expect(containerOf("gateway").inputs.mounts).toEqual([
      { type: "volume", source: "berth-dev-gateway-audit", target: "/var/lib/berth/audit" },
      { type: "bind", source: "/var/run/docker.sock", target: "/var/run/docker.sock" },
    ]);
    expect(containerOf("onboarding").inputs.mounts).toEqual([
      { type: "volume", source: "berth-dev-gateway-audit", target: "/var/lib/berth/audit", readOnly: true },
    ]);
  });

  it("hands the CA's key to onboarding alone, and passwords and keys as files only", async () => {
    const filesOf = (role: string): string[] =>
      (containerOf(role).inputs.uploads as { file: string }[]).map(({ file }) => file);
    expect(filesOf("onboarding")).toContain("/run/secrets/berth/issuing-key.pem");
    expect(filesOf("gateway").join(" ")).not.toMatch(/issuing/);
    expect(await program.plainText()).not.toMatch(/PRIVATE KEY|"password"/);
  });

  it("writes settings without any secret, each with the files where the secrets are", () => {
    expect(settingsOf("onboarding")).toMatchObject({
      prefix: "berth",
      dockerEndpoint: "tcp://build.example:2376",
      database: { host: "berth-dev-identity-postgres", name: "onboarding", user: "onboarding" },
      gatewayDatabaseUser: "gateway",
      clientValidityHours: 720,
    });
    expect(settingsOf("gateway")).toMatchObject({
      stack: "berth-dev",
      listen: { port: 2376, minimumTls: "1.3" },
      database: { host: "berth-dev-identity-postgres", name: "onboarding", user: "gateway" },
      proxyUrl: "http://localhost:8080",
      images: {
        runtime: { typescript: "berth-dev-runtime-node:latest", python: "berth-dev-runtime-python:latest" },
        ...{ sync: "berth-dev-sync:latest", extraCa: "berth-extra-ca:none" },
      },
      services: {
        ...{ postgres: "berth-dev-postgres", redis: "berth-dev-redis" },
        keyFile: "/run/secrets/berth/service-access-key",
      },
      quota: { containers: 3, networks: 5, volumes: 60 },
      sharedImages: [
        "berth-base:trixie",
        "berth-extra-ca:none",
        "berth-dev-runtime-node:latest",
        "berth-dev-runtime-python:latest",
        "berth-dev-sync:latest",
        "alpine:3",
      ],
    });
  });

  it("names no field that the gateway would refuse", () => {
    expect(() => parseSettings(settingsOf("gateway"), "gateway.json")).not.toThrow();
  });

  it("gives the gateway the key for apps' passwords as a secret file", async () => {
    const uploads = containerOf("gateway").inputs.uploads as { file: string; content: string }[];
    const key = uploads.find(({ file }) => file === "/run/secrets/berth/service-access-key")?.content;
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await program.plainText()).not.toContain(key);
  });

  it("has the images of every language and of sync, whatever the stack's own apps are written in", async () => {
    const fewer = await MockedProgram.start(sampleProviders);
    await buildStack(sampleStack({ identity, apps: [] }));
    const images = (await fewer.resources()).filter(({ type }) => type === "docker:index/image:Image");
    expect(images.map(({ inputs }) => inputs.imageName)).toEqual(
      expect.arrayContaining([
        "berth-dev-runtime-node:latest",
        "berth-dev-runtime-python:latest",
        "berth-dev-sync:latest",
      ]),
    );
  });

  it("publishes both services on the loopback address unless the config opens them", () => {
    expect(containerOf("gateway").inputs.ports).toEqual([
      { internal: 2376, external: 2376, ip: "127.0.0.1", protocol: "tcp" },
    ]);
    expect(containerOf("onboarding").inputs.ports).toEqual([
      { internal: 8443, external: 8443, ip: "127.0.0.1", protocol: "tcp" },
    ]);
  });

  it("certifies the name that developers use", async () => {
    const request = await program.only("tls:index/certRequest:CertRequest", "server-request");
    expect(request.inputs.dnsNames).toContain("build.example");
  });
});

describe("a stack that lets nobody in", () => {
  it("has no gateway and says so by empty outputs", async () => {
    const outputs = await buildStack(sampleStack({ identity: { enabled: false } }));
    await expect(valueOf(outputs.dockerHost)).resolves.toBe("");
    await expect(valueOf(outputs.onboardingUrl)).resolves.toBe("");
    const names = (await program.resources()).map(({ inputs }) => inputs.name);
    expect(names).not.toContain("berth-dev-gateway");
  });

  it("refuses identity settings in tst, where dev's services are used", () => {
    expect(() => sampleStack({ ...builtConfig("tst"), identity })).toThrow(
      /identity\.enabled is not a known key/,
    );
  });
});
