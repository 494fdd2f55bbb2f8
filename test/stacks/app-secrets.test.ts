import type { LoadedConfig } from "../../config/load";
import { buildStack } from "../../stacks/build";
import { MockedProgram } from "../support/pulumi-mocks";
import { sampleProviders } from "../support/sample-providers";
import { builtConfig, sampleStack } from "../support/sample-stack";

const CONTAINER = "docker:index/container:Container";
const host = Object.fromEntries(
  ["proxyUrl", "caCertPem", "registryAddress", "registryUsername", "registryPassword"].map((key) => [
    key,
    "http://localhost",
  ]),
);

const start = (preview = false) =>
  MockedProgram.start(
    { ...sampleProviders, "pulumi:pulumi:StackReference": () => ({ outputs: host }) },
    { stack: "tst", preview },
  );

/** tst with a shop whose berth.yaml names a secret. */
function tst(configuredSecrets: Record<string, string>): LoadedConfig {
  const loaded = sampleStack(builtConfig("tst"));
  const apps = loaded.apps.map((app) => ({ ...app, manifest: { ...app.manifest, secrets: ["stripe-key"] } }));
  return { ...loaded, apps, configuredSecrets };
}

describe("an app in tst whose berth.yaml names a secret", () => {
  it("has it as a file beside its services' access, and it stays a secret", async () => {
    const program = await start();
    await buildStack(tst({ "shop/stripe-key": "sk_tst" }));
    const app = await program.only(CONTAINER, "app-shared-shop-container");
    const uploads = app.inputs.uploads as { file: string; content: string }[];
    expect(uploads.map(({ file }) => file)).toEqual([
      "/run/secrets/berth/database-url",
      "/run/secrets/berth/stripe-key",
    ]);
    expect(uploads[1]?.content).toBe("sk_tst");
    expect(app.secretInputs).toContain("uploads");
    expect(JSON.stringify(app.inputs.envs)).not.toContain("sk_tst");
  });

  it("ends up before any resource where it has no value, and warns in a preview", async () => {
    const program = await start();
    const wanted = "app 'shop' asks for a secret without a value in tst: stripe-key";
    await expect(buildStack(tst({}))).rejects.toThrow(wanted);
    expect((await program.resources()).filter(({ type }) => type.startsWith("docker:"))).toEqual([]);
    const warn = jest.spyOn(console, "warn").mockImplementation();
    await start(true);
    await expect(buildStack(tst({}))).resolves.toBeDefined();
    expect(warn).toHaveBeenCalledWith(expect.stringContaining(wanted));
    warn.mockRestore();
  });
});
