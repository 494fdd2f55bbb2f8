import * as path from "node:path";
import { ensureProviderPlugin } from "../../scripts/toolchain-parts/plugins";
import { makePulumiProject, type PulumiProject } from "../plugins/language-nodejs/pulumi-project";

const load = path.resolve(__dirname, "../../load");
const TLS = { name: "tls", version: "5.5.1" };
const STARTED = "Berth's own plugin stands in for the official tls v5.5.1.";

let project: PulumiProject;
beforeAll(async () => {
  project = await makePulumiProject("{ typescript: false }");
  const home = project.environment.PULUMI_HOME ?? "";
  await ensureProviderPlugin(home, TLS, { local: false, download: false, registries: true });
});
afterAll(() => project.remove());

/** A program that asks for the plugin before `then` runs. */
const program = (then: string): Record<string, string> => ({
  "index.js": [
    // As program.js does: the SDK's own mapping of one trace takes ten seconds and more.
    `require(${JSON.stringify(path.join(load, "stack-traces.js"))}).mapStackTraces(new Map());`,
    `const { startPlugins } = require(${JSON.stringify(path.join(load, "early-plugins.js"))});`,
    `module.exports = async () => { await startPlugins(["@pulumi/tls"], module.filename); ${then} };`,
  ].join("\n"),
  "package.json": JSON.stringify({
    name: "harbour",
    main: "index.js",
    dependencies: { "@pulumi/pulumi": "3.256.0", "@pulumi/tls": "5.5.1" },
  }),
});

test("in a preview plugins are started before the program has declared anything of theirs", async () => {
  project.write(program(""));
  const { exitCode, output } = await project.pulumi("preview");
  expect(output).toContain(STARTED);
  expect(exitCode).toBe(0);
});

test("an update starts nothing before the program is right", async () => {
  project.write(program(`throw new (require("@pulumi/pulumi").RunError)("wrong configuration");`));
  const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview");
  expect(output).toContain("wrong configuration");
  expect(output).not.toContain(STARTED);
  expect(exitCode).not.toBe(0);
  expect((await project.pulumi("stack", "export")).output).not.toContain("pulumi:providers:tls");
});

test("the plugin that was started is the one that the package's resources get", async () => {
  const tls = JSON.stringify(path.resolve(__dirname, "../../node_modules/@pulumi/tls"));
  project.write(program(`new (require(${tls}).PrivateKey)("key", { algorithm: "ED25519" });`));
  const { exitCode, output } = await project.pulumi("preview");
  expect(output).toContain(STARTED);
  expect([...new Set(output.match(/pulumi:providers:tls default\S+/g))]).toEqual([
    "pulumi:providers:tls default_5_5_1",
  ]);
  expect(output).toMatch(/tls:index:PrivateKey +key/);
  expect(exitCode).toBe(0);
});
