import { buildStack, type StackOutputs } from "../../stacks/build";
import { MockedProgram, valueOf, type DeclaredResource } from "../support/pulumi-mocks";
import { sampleProviders } from "../support/sample-providers";
import { sampleConfig, sampleStack } from "../support/sample-stack";

const CONTAINER = "docker:index/container:Container";

describe("the dev stack", () => {
  let program: MockedProgram;
  let resources: DeclaredResource[];
  let outputs: StackOutputs;

  beforeAll(async () => {
    program = await MockedProgram.start(sampleProviders);
    outputs = buildStack(sampleStack());
    resources = await program.resources();
  });

  it("declares exactly these resources", () => {
    const declared = resources.map(({ type, name }) => `${type} ${name}`);
    expect(declared.sort()).toMatchSnapshot();
  });

  it("exports the outputs that docs/outputs.md describes, by owner and app", async () => {
    expect(Object.keys(outputs).sort()).toEqual([
      "appContainers",
      "appImages",
      "appUrls",
      "caCertPem",
      "certificateExpiry",
      "environment",
      "networkName",
      "proxyUrl",
      "serviceContainers",
    ]);
    expect(outputs.environment).toBe("dev");
    expect(outputs.appUrls).toEqual({
      "01/shop": "http://shop.01.localhost:8080",
      "01/ledger": "http://ledger.01.localhost:8080",
    });
    expect(Object.keys(outputs.serviceContainers).sort()).toEqual([
      "postgres",
      "proxy",
      "proxy-routes",
      "redis",
    ]);
    await expect(valueOf(outputs.networkName)).resolves.toBe("berth-dev-network");
    await expect(valueOf(outputs.appContainers["01/shop"]!)).resolves.toBe("berth-dev-01-shop");
    await expect(valueOf(outputs.caCertPem)).resolves.toBe("CERTIFICATE ca-root-cert");
  });

  it("runs every container hardened, on the environment's network or on none", () => {
    const containers = resources.filter(({ type }) => type === CONTAINER);
    expect(containers).toHaveLength(6);
    for (const { inputs, name } of containers) {
      expect(inputs).toMatchObject({
        capabilities: { drops: ["ALL"] },
        securityOpts: ["no-new-privileges"],
        restart: "unless-stopped",
        networkMode: name.includes("proxy-routes") ? "none" : "berth-dev-network",
        wait: true,
      });
      expect(inputs.memory).toBeGreaterThan(0);
      expect(inputs.memorySwap).toBe(inputs.memory);
      expect(inputs.healthcheck).toMatchObject({ tests: expect.arrayContaining(["CMD"]) as unknown });
      expect(inputs).not.toHaveProperty("privileged");
      expect(inputs).not.toHaveProperty("pidMode");
    }
  });

  it("gives the engine's socket to proxy-routes and to no other container", () => {
    const holders = resources.filter(({ inputs }) =>
      JSON.stringify(inputs.mounts ?? []).includes("docker.sock"),
    );
    expect(holders.map(({ inputs }) => inputs.name)).toEqual(["berth-dev-proxy-routes"]);
  });

  it("publishes one port only, the proxy's, on the loopback address", () => {
    const published = resources.filter(({ inputs }) => inputs.ports !== undefined);
    expect(published.map(({ inputs }) => [inputs.name, inputs.ports])).toEqual([
      ["berth-dev-proxy", [{ internal: 8080, external: 8080, ip: "127.0.0.1", protocol: "tcp" }]],
    ]);
  });

  it("limits the processes of every container", () => {
    const limited = resources.filter(
      ({ type, inputs }) => type === "command:local:Command" && String(inputs.create).includes("pids-limit"),
    );
    expect(limited).toHaveLength(resources.filter(({ type }) => type === CONTAINER).length);
  });

  it("puts every docker resource under the engine that the config names", () => {
    const engine = resources.find(({ type }) => type === "pulumi:providers:docker");
    expect(engine?.inputs.host).toBe("unix:///var/run/docker.sock");
    const docker = resources.filter(({ type }) => type.startsWith("docker:"));
    for (const { provider } of docker) expect(provider.split("::").slice(0, -1).join("::")).toBe(engine?.urn);
  });

  it("keeps passwords, keys and URLs with passwords out of every plain input and output", async () => {
    const plain = await program.plainText();
    expect(plain).not.toMatch(/PRIVATE KEY|postgres:\/\/|redis:\/\/|"password"/);
    const secretFiles = resources
      .filter(({ type, secretInputs }) => type === CONTAINER && secretInputs.includes("uploads"))
      .map(({ inputs }) => inputs.name);
    expect(secretFiles.sort()).toEqual([
      "berth-dev-01-ledger",
      "berth-dev-01-shop",
      "berth-dev-postgres",
      "berth-dev-redis",
    ]);
    const texts = await Promise.all(
      [outputs.networkName, outputs.caCertPem, ...Object.values(outputs.appImages)].map(valueOf),
    );
    expect(texts.join(" ")).not.toMatch(/PRIVATE KEY/);
  });

  it("starts an app only after its access to the services was made", () => {
    const before = (urn: string): string[] => {
      const one = resources.find((resource) => resource.urn === urn);
      return one ? [one.parent, ...one.dependencies].flatMap((next) => [next, ...before(next)]) : [];
    };
    const shop = resources.find(({ inputs }) => inputs.name === "berth-dev-01-shop");
    expect(before(shop?.urn ?? "").join("\n")).toMatch(/Command::infra-postgres-role-shop_01$/m);
  });

  it("removes a container before it makes the next one with the same name", () => {
    const containers = resources.filter(({ type }) => type === CONTAINER);
    expect(containers.map(({ deleteBeforeReplace }) => deleteBeforeReplace)).toEqual(
      containers.map(() => true),
    );
  });
});

describe("the graph", () => {
  it("builds a runtime image only for a language that an app is written in", async () => {
    const program = await MockedProgram.start(sampleProviders);
    buildStack(sampleStack({ apps: sampleConfig.apps.slice(0, 1) }));
    const images = (await program.resources()).filter(({ type }) => type === "docker:index/image:Image");
    const names = images.map(({ inputs }) => inputs.imageName);
    expect(names).toContain("berth-dev-runtime-node:latest");
    expect(names).not.toContain("berth-dev-runtime-python:latest");
  });

  it("can be previewed while everything that the engine decides is unknown", async () => {
    const program = await MockedProgram.start(sampleProviders, { preview: true });
    buildStack(sampleStack());
    const previewed = (await program.resources()).map(({ type, name }) => `${type} ${name}`);
    const real = await MockedProgram.start(sampleProviders);
    buildStack(sampleStack());
    const declared = (await real.resources()).map(({ type, name }) => `${type} ${name}`);
    expect(previewed.sort()).toEqual(declared.sort());
  });

  it("declares the same graph, with the same inputs, at every run", async () => {
    const runs = [];
    for (let run = 0; run < 2; run += 1) {
      const program = await MockedProgram.start(sampleProviders);
      buildStack(sampleStack());
      runs.push((await program.resources()).map(({ urn, inputs }) => JSON.stringify([urn, inputs])).sort());
    }
    expect(runs[0]).toEqual(runs[1]);
  });
});

describe("another installation on the same engine", () => {
  it("shares no physical name with the first", async () => {
    const namesOf = async (changes: Record<string, unknown>): Promise<unknown[]> => {
      const program = await MockedProgram.start(sampleProviders);
      buildStack(sampleStack(changes));
      return (await program.resources()).flatMap(({ type, inputs }) =>
        type.startsWith("docker:") ? [inputs.name ?? inputs.imageName] : [],
      );
    };
    const first = await namesOf({});
    const second = await namesOf({ namePrefix: "other", network: { subnet: "10.90.0.0/24" } });
    expect(first.filter((name) => second.includes(name))).toEqual([]);
    expect(first.every((name) => typeof name === "string")).toBe(true);
  });
});
