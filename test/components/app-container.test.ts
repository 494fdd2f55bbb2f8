import { AppContainer, type AppContainerArgs } from "../../components/app-container";
import { PasswordSeed } from "../../components/password";
import { PostgresService } from "../../components/postgres-service";
import { RedisService } from "../../components/redis-service";
import { RuntimeImages } from "../../components/runtime-images";
import { parseManifest } from "../../spec/app-manifest";
import { MockedProgram, valueOf } from "../support/pulumi-mocks";
import { sampleProviders } from "../support/sample-providers";
import { sampleSettings } from "../support/sample-settings";

const manifest = parseManifest(
  `name: shop
language: typescript
port: 3000
health: { path: /ready, intervalSeconds: 7, startSeconds: 20 }
services: { postgres: true }
live: { target: /srv, paths: [src] }
commands: { reload: [tsx, watch, src/main.ts] }
capabilities: [CHOWN]
`,
  "berth.yaml",
);
const digest = `registry.example/shop@sha256:${"a".repeat(64)}`;
const imageId = `sha256:${"b".repeat(64)}`;
const CONTAINER = "docker:index/container:Container";
const IMAGE = "docker:index/image:Image";

function newApp(changes: Partial<AppContainerArgs> = {}): AppContainer {
  const passwords = new PasswordSeed("seed");
  const shared = { ...sampleSettings, network: "berth-dev-network", memoryMb: 256, passwords };
  return new AppContainer("app", {
    ...{ ...sampleSettings, manifest, folder: "apps/shop", network: "berth-dev-network" },
    proxyEnvironment: "dev",
    runtimeImages: new RuntimeImages("rt", { ...sampleSettings, languages: ["typescript"] }),
    postgres: new PostgresService("pg", shared),
    redis: new RedisService("rd", shared),
    ...changes,
  });
}

const inDev: Partial<AppContainerArgs> = {
  developerId: "01",
  reload: true,
  live: { kind: "folder", sourceFolder: "/srv/code/apps/shop", paths: ["src"] },
};
const elsewhere = (environment: "tst" | "pro"): Partial<AppContainerArgs> => ({
  scope: { prefix: "berth", environment },
  image: { reference: digest, id: imageId },
});

let program: MockedProgram;
beforeEach(async () => {
  program = await MockedProgram.start(sampleProviders);
});

describe("an app in dev", () => {
  it("runs its dev stage, built on the runtime image of its language, with its folders mounted read-only", async () => {
    newApp(inDev);
    const image = await program.only(IMAGE, "app-image");
    expect(image.inputs).toMatchObject({
      imageName: "shop:dev-01-latest",
      build: {
        context: "apps/shop",
        dockerfile: "apps/shop/Dockerfile",
        target: "dev",
        args: {
          BERTH_RUNTIME_IMAGE: "berth-dev-runtime-node:latest",
          BERTH_RUNTIME_IMAGE_ID: expect.stringMatching(/^sha256:/) as unknown,
        },
      },
    });
    const { inputs } = await program.only(CONTAINER, "app-container");
    expect(inputs).toMatchObject({
      name: "berth-dev-01-shop",
      image: expect.stringMatching(/^sha256:/) as unknown,
      command: ["tsx", "watch", "src/main.ts"],
      user: "10001",
      capabilities: { drops: ["ALL"], adds: ["CAP_CHOWN"] },
      mounts: [{ type: "bind", source: "/srv/code/apps/shop/src", target: "/srv/src", readOnly: true }],
    });
  });

  it("is asked for its health where its berth.yaml says, as often, and given the time to start", async () => {
    newApp(inDev);
    expect((await program.only(CONTAINER, "app-container")).inputs.healthcheck).toMatchObject({
      tests: ["CMD", "/usr/local/bin/berth-health", "/ready"],
      interval: "7s",
      startPeriod: "20s",
    });
  });

  it("finds the URL of its database in a file, and nothing for a service that it does not use", async () => {
    newApp(inDev);
    const { inputs, secretInputs } = await program.only(CONTAINER, "app-container");
    expect(secretInputs).toContain("uploads");
    expect((inputs.uploads as { file: string }[]).map(({ file }) => file)).toEqual([
      "/run/secrets/berth/database-url",
    ]);
    expect((await program.resources()).map(({ name }) => name).join(" ")).not.toContain("rd-user");
  });

  it("gets the extra CA bundle as a file by its digest, with the variables that tools read", async () => {
    newApp({ ...inDev, extraCa: { path: "/etc/bundle.pem", sha256: "abc", tag: "abc" } });
    const { inputs } = await program.only(CONTAINER, "app-container");
    const uploads = inputs.uploads as { file: string; source?: string; sourceHash?: string }[];
    const file = uploads.find(({ source }) => source === "/etc/bundle.pem");
    expect(file?.sourceHash).toBe("abc");
    expect(inputs.envs).toContain(`NODE_EXTRA_CA_CERTS=${file?.file}`);
  });

  it("tells its key, host name, container and image", async () => {
    const app = newApp(inDev);
    expect(app.key).toBe("01/shop");
    expect(app.hostName("localhost")).toBe("shop.01.localhost");
    await expect(valueOf(app.containerName)).resolves.toBe("berth-dev-01-shop");
    await expect(valueOf(app.imageName)).resolves.toBe("shop:dev-01-latest");
  });
});

describe("an app in tst and pro", () => {
  it.each(["tst", "pro"] as const)(
    "runs the image of its digest in %s and builds none",
    async (environment) => {
      newApp(elsewhere(environment));
      const { inputs } = await program.only(CONTAINER, "app-container");
      expect(inputs).toMatchObject({ name: `berth-${environment}-shared-shop`, image: imageId, mounts: [] });
      const built = (await program.resources()).filter(({ name }) => name === "app-image");
      expect(built).toEqual([]);
    },
  );

  const forbidden: [string, Partial<AppContainerArgs>, RegExp][] = [
    ["live source", { live: inDev.live }, /mounts is for dev only/],
    ["reload", { reload: true }, /reload is for dev only/],
    ["an image by tag", { image: { reference: "shop:latest", id: imageId } }, /not a tag/],
    ["no image", { image: undefined }, /needs an image/],
  ];
  const cases = forbidden.flatMap(([what, change, message]) =>
    (["tst", "pro"] as const).map((environment) => ({ what, change, message, environment })),
  );
  it.each(cases)(
    "the component itself refuses $what in $environment, whatever the config let through",
    async ({ change, message, environment }) => {
      expect(() => newApp({ ...elsewhere(environment), ...change })).toThrow(message);
      const containers = (await program.resources()).filter(({ name }) => name === "app-container");
      expect(containers).toEqual([]);
    },
  );
});
