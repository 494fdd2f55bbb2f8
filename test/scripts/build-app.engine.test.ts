import * as fs from "node:fs";
import { connect, type Engine } from "../../plugins/docker/engine/client";
import { RegistryCredentials } from "../../plugins/docker/engine/registry-auth";
import { ConfigFile } from "../../scripts/lib/config-file";
import { buildApp } from "../../scripts/promote-parts/build-app";
import { devSettings, type DevSettings } from "../../scripts/promote-parts/dev-settings";
import { Lab } from "../plugins/docker/support/lab";
import { makeProject, sampleManifest } from "../support/sample-project";

const lab = new Lab();
const runtimeImage = `${lab.prefix}-dev-runtime-node:latest`;
let engine: Engine;
let folder: string;
let settings: DevSettings;

beforeAll(async () => {
  engine = await connect({
    host: "unix:///var/run/docker.sock",
    skipCheck: false,
    credentials: new RegistryCredentials(),
  });
});
afterEach(() => fs.rmSync(folder, { recursive: true }));
afterAll(() => lab.dispose());

const DOCKERFILE = `ARG BERTH_RUNTIME_IMAGE
FROM \${BERTH_RUNTIME_IMAGE} AS runtime
ARG BERTH_RUNTIME_IMAGE_ID
LABEL runtime=\${BERTH_RUNTIME_IMAGE_ID}
COPY . /app/
RUN echo building; test ! -e /app/secret.txt
`;
/** A stage behind the one that is wanted: it would fail. */
const DEV_STAGE = "FROM ${BERTH_RUNTIME_IMAGE} AS dev\nRUN false\n";

/** An app in a project whose dev config has names of this test. */
function app(builder: string, dockerfile = DOCKERFILE) {
  folder = makeProject({
    "Pulumi.dev.yaml":
      `config:\n  berth:environment: dev\n  berth:namePrefix: ${lab.prefix}\n  berth:builder: ${builder}\n` +
      "  berth:extraCaBundle: none\n  berth:network: { subnet: 10.89.0.0/24 }\n" +
      "  berth:apps:\n    - { path: shop, developerId: '01' }\n",
    "shop/berth.yaml": sampleManifest("shop"),
    "shop/Dockerfile": dockerfile + DEV_STAGE,
    "shop/.dockerignore": "secret.txt\n",
    "shop/secret.txt": "not for the image",
    "shop/main.js": "1",
  });
  const file = ConfigFile.read("dev", folder);
  settings = devSettings(file);
  const [found] = file.apps();
  if (!found) throw new Error("the project has no app");
  return { ...found, path: `${folder}/shop` };
}

async function build(given: ReturnType<typeof app>, tag = "latest"): Promise<{ name: string; log: string }> {
  const lines: string[] = [];
  const name = await buildApp(engine, settings, given, { tag, onLine: (line) => lines.push(line) });
  return { name, log: lines.join("\n") };
}

describe("make build", () => {
  it("says that dev must be up where the runtime image is not there", async () => {
    await expect(build(app("classic"))).rejects.toThrow(
      `shop is built on ${runtimeImage}, which is not at unix:///var/run/docker.sock: run 'make up ENV=dev' first`,
    );
  });

  it.each(["classic", "buildkit"])(
    "builds the stage that tst and pro run on the present runtime image, with the %s builder",
    async (builder) => {
      const made = await lab.importImage("runtime");
      const runtime = lab.docker.getImage(made);
      await runtime.tag({ repo: `${lab.prefix}-dev-runtime-node`, tag: "latest" });
      const { name, log } = await build(app(builder), builder);
      expect(name).toBe(`${lab.prefix}-shop:dev-shared-${builder}`);
      expect(log).toMatch(/building/);
      const { Config } = await lab.docker.getImage(name).inspect();
      expect(Config.Labels).toMatchObject({ runtime: (await runtime.inspect()).Id });
    },
  );

  it("names the failing step", async () => {
    await expect(build(app("classic", `${DOCKERFILE}RUN echo so it goes; exit 7\n`))).rejects.toThrow(
      /Failing step: Step 7.7 : RUN echo so it goes; exit 7.*so it goes/s,
    );
  });
});

describe("the settings of dev", () => {
  it("are refused with every problem of the file", () => {
    expect(() => app("fast")).toThrow(
      "Pulumi.dev.yaml has problems:\n  berth:builder must be classic or buildkit",
    );
  });
});
