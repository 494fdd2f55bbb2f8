import { buildStack } from "../../stacks/build";
import type { StackOutputs } from "../../stacks/outputs";
import { MockedProgram, valueOf, type DeclaredResource } from "../support/pulumi-mocks";
import { sampleProviders } from "../support/sample-providers";
import { builtConfig, digestOf, sampleConfig, sampleStack } from "../support/sample-stack";

const CONTAINER = "docker:index/container:Container";

describe("the dev stack", () => {
  let program: MockedProgram;
  let resources: DeclaredResource[];
  let outputs: StackOutputs;

  beforeAll(async () => {
    program = await MockedProgram.start(sampleProviders);
    outputs = await buildStack(sampleStack());
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
      "dockerHost",
      "environment",
      "networkName",
      "onboardingUrl",
      "proxyUrl",
      "registryAddress",
      "registryPassword",
      "registryUsername",
      "serviceContainers",
    ]);
    expect(outputs.environment).toBe("dev");
    await expect(valueOf(outputs.appUrls["01/shop"]!)).resolves.toBe("http://shop.01.localhost:8080");
    await expect(valueOf(outputs.appUrls["01/ledger"]!)).resolves.toBe("http://ledger.01.localhost:8080");
    await expect(valueOf(outputs.registryAddress)).resolves.toBe("localhost:5443");
    expect(Object.keys(outputs.serviceContainers).sort()).toEqual([
      "postgres",
      "proxy",
      "proxy-routes",
      "redis",
      "registry",
    ]);
    await expect(valueOf(outputs.networkName)).resolves.toBe("berth-dev-network");
    await expect(valueOf(outputs.appContainers["01/shop"]!)).resolves.toBe("berth-dev-01-shop");
    await expect(valueOf(outputs.caCertPem)).resolves.toBe("CERTIFICATE ca-root-cert");
  });

  it("runs every container hardened, on the environment's network or on none", () => {
    const containers = resources.filter(({ type }) => type === CONTAINER);
    expect(containers).toHaveLength(7);
    for (const { inputs, name } of containers) {
      expect(inputs).toMatchObject({
        capabilities: { drops: ["ALL"] },
        securityOpts: ["no-new-privileges"],
        restart: "unless-stopped",
        networkMode: name.includes("proxy-routes") ? "none" : "berth-dev-network",
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

  it("publishes the ports of proxy and registry only, on the loopback address", () => {
    const published = resources.filter(({ inputs }) => inputs.ports !== undefined);
    expect(published.map(({ inputs }) => [inputs.name, inputs.ports])).toEqual([
      ["berth-dev-proxy", [{ internal: 8080, external: 8080, ip: "127.0.0.1", protocol: "tcp" }]],
      ["berth-dev-registry", [{ internal: 5000, external: 5443, ip: "127.0.0.1", protocol: "tcp" }]],
    ]);
  });

  it("limits the processes of every container", () => {
    const limited = resources.filter(
      ({ type, inputs }) => type === "command:local:Command" && String(inputs.create).includes(" settle "),
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
      "berth-dev-registry",
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
    await buildStack(sampleStack({ apps: sampleConfig.apps.slice(0, 1) }));
    const images = (await program.resources()).filter(({ type }) => type === "docker:index/image:Image");
    const names = images.map(({ inputs }) => inputs.imageName);
    expect(names).toContain("berth-dev-runtime-node:latest");
    expect(names).not.toContain("berth-dev-runtime-python:latest");
  });

  it("can be previewed while everything that the engine decides is unknown", async () => {
    const program = await MockedProgram.start(sampleProviders, { preview: true });
    await buildStack(sampleStack());
    const previewed = (await program.resources()).map(({ type, name }) => `${type} ${name}`);
    const real = await MockedProgram.start(sampleProviders);
    await buildStack(sampleStack());
    const declared = (await real.resources()).map(({ type, name }) => `${type} ${name}`);
    expect(previewed.sort()).toEqual(declared.sort());
  });

  it("declares the same graph, with the same inputs, at every run", async () => {
    const runs = [];
    for (let run = 0; run < 2; run += 1) {
      const program = await MockedProgram.start(sampleProviders);
      await buildStack(sampleStack());
      runs.push((await program.resources()).map(({ urn, inputs }) => JSON.stringify([urn, inputs])).sort());
    }
    expect(runs[0]).toEqual(runs[1]);
  });
});

describe("another installation on the same engine", () => {
  it("shares no physical name with the first", async () => {
    const namesOf = async (changes: Record<string, unknown>): Promise<unknown[]> => {
      const program = await MockedProgram.start(sampleProviders);
      await buildStack(sampleStack(changes));
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

describe.each(["tst", "pro"] as const)("%s on dev's host", (environment) => {
  const hostOutputs = {
    proxyUrl: "http://apps.example:8080",
    caCertPem: "CERTIFICATE of dev",
    registryAddress: "localhost:5443",
    registryUsername: "berth",
    registryPassword: "a password",
  };
  const start = (outputs: Record<string, unknown> = hostOutputs, preview = false) =>
    MockedProgram.start(
      { ...sampleProviders, "pulumi:pulumi:StackReference": () => ({ outputs }) },
      { stack: environment, preview },
    );

  it("builds nothing and runs every container from the image that was promoted", async () => {
    const program = await start();
    await buildStack(sampleStack(builtConfig(environment)));
    const resources = await program.resources();
    expect(resources.filter(({ type }) => type === "docker:index/image:Image")).toEqual([]);
    const pulled = resources.filter(({ type }) => type === "docker:index/remoteImage:RemoteImage");
    expect(pulled.map(({ inputs }) => inputs.name).sort()).toEqual([
      digestOf("berth-postgres"),
      digestOf("berth-redis"),
      digestOf("shop"),
    ]);
    const containers = resources.filter(({ type }) => type === CONTAINER);
    expect(containers.map(({ inputs }) => inputs.name).sort()).toEqual([
      `berth-${environment}-postgres`,
      `berth-${environment}-redis`,
      `berth-${environment}-shared-shop`,
    ]);
    for (const { inputs } of containers) {
      expect(inputs.image).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(JSON.stringify(inputs.mounts)).not.toContain('"bind"');
      expect(inputs.networkMode).toBe(`berth-${environment}-network`);
    }
  });

  it("creates nothing before every image is there", async () => {
    const program = await start();
    await buildStack(sampleStack(builtConfig(environment)));
    const declared = (await program.resources()).map(({ type }) => type);
    const lastImage = declared.lastIndexOf("docker:index/remoteImage:RemoteImage");
    const first = declared.findIndex((type) =>
      /network:Network|volume:Volume|container:Container/.test(type),
    );
    expect(lastImage).toBeLessThan(first);
  });

  it("is served by dev's proxy under the environment's own name, and logs in to dev's registry", async () => {
    const program = await start();
    const outputs = await buildStack(sampleStack(builtConfig(environment)));
    const [app] = (await program.resources()).filter(({ name }) => name === "app-shared-shop-container");
    expect(app?.inputs.labels).toContainEqual({ label: "berth.proxy", value: "berth-dev" });
    await expect(valueOf(outputs.appUrls["shared/shop"]!)).resolves.toBe(
      `http://shop.${environment}.apps.example:8080`,
    );
    await expect(valueOf(outputs.caCertPem)).resolves.toBe("CERTIFICATE of dev");
    const engine = await program.only("pulumi:providers:docker");
    expect(engine.inputs.registryAuth).toBe(
      JSON.stringify([{ address: "localhost:5443", username: "berth", password: "a password" }]),
    );
    expect(engine.secretInputs).toContain("registryAuth");
  });

  it("has no proxy, registry, certificates or engine socket of its own", async () => {
    const program = await start();
    await buildStack(sampleStack(builtConfig(environment)));
    const resources = await program.resources();
    const text = JSON.stringify(resources.map(({ type, inputs }) => [type, inputs.name, inputs.mounts]));
    expect(text).not.toMatch(/docker\.sock|-proxy|-registry|selfSignedCert/);
  });

  it("ends up before any resource where dev was never up, and warns in a preview", async () => {
    const program = await start({});
    await expect(buildStack(sampleStack(builtConfig(environment)))).rejects.toThrow(
      "stack 'dev' has no output proxyUrl, caCertPem, registryAddress, registryUsername, registryPassword: run 'make up ENV=dev' first",
    );
    expect((await program.resources()).filter(({ type }) => type.startsWith("docker:"))).toEqual([]);
    const warn = jest.spyOn(console, "warn").mockImplementation();
    await start({}, true);
    await expect(buildStack(sampleStack(builtConfig(environment)))).resolves.toBeDefined();
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("run 'make up ENV=dev' first"));
    warn.mockRestore();
  });

  it("has a proxy and a CA of its own on another host", async () => {
    const program = await start();
    const services = ["postgres", "redis", "proxy", "proxy-routes"];
    const outputs = await buildStack(
      sampleStack({
        ...builtConfig(environment),
        host: {},
        proxy: { domain: "apps.example" },
        serviceImages: Object.fromEntries(
          services.map((role) => [role, { image: digestOf(`berth-${role}`) }]),
        ),
      }),
    );
    const names = (await program.resources()).map(({ inputs }) => inputs.name);
    expect(names).toContain(`berth-${environment}-proxy`);
    expect(names).toContain(`berth-${environment}-proxy-routes`);
    expect(names).not.toContain(`berth-${environment}-registry`);
    await expect(valueOf(outputs.caCertPem)).resolves.toBe("CERTIFICATE ca-root-cert");
  });
});

describe("an image that tst names by its id", () => {
  const id = `sha256:${"c".repeat(64)}`;
  const withId = { ...builtConfig("tst"), apps: [{ path: "examples/shop", image: id }] };
  const start = (present: boolean, preview = false) =>
    MockedProgram.start(
      {
        ...sampleProviders,
        "pulumi:pulumi:StackReference": () => ({
          outputs: Object.fromEntries(
            ["proxyUrl", "caCertPem", "registryAddress", "registryUsername", "registryPassword"].map(
              (key) => [key, "http://localhost"],
            ),
          ),
        }),
      },
      {
        stack: "tst",
        preview,
        functions: {
          "docker:index/getRemoteImage:getRemoteImage": ({ name }) => {
            if (!present) throw new Error("it is not at the engine");
            return { id: name, name, repoDigest: "" };
          },
        },
      },
    );

  it("runs as it is", async () => {
    const program = await start(true);
    await buildStack(sampleStack(withId));
    const app = await program.only(CONTAINER, "app-shared-shop-container");
    expect(app.inputs.image).toBe(id);
  });

  it("ends up where the engine does not have it, naming the app and the command, before anything is created", async () => {
    const program = await start(false);
    await expect(buildStack(sampleStack(withId))).rejects.toThrow(
      `shop: its image ${id} is not on the engine; run 'make promote APP=shop TO=tst'`,
    );
    expect((await program.resources()).filter(({ type }) => type.startsWith("docker:"))).toEqual([]);
  });

  it("is a warning in a preview, since a runner has no images", async () => {
    const warn = jest.spyOn(console, "warn").mockImplementation();
    await start(false, true);
    await expect(buildStack(sampleStack(withId))).resolves.toBeDefined();
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("is not on the engine"));
    warn.mockRestore();
  });
});
