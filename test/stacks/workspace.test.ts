import * as pulumi from "@pulumi/pulumi";
import { workspaceSpec } from "../../spec/workspace/workspace-spec";
import { buildWorkspace } from "../../stacks/workspace";
import { loadWorkspace } from "../../config/load-workspace";
import { MockedProgram, valueOf } from "../support/pulumi-mocks";
import { sampleProviders } from "../support/sample-providers";
import { sampleSettings } from "../support/sample-settings";

const CANARY = "canary-of-a-password";
const common = { owner: "01", spec: workspaceSpec.parse({ name: "mine" }), running: true };
const local = {
  ...{ prefix: "berth", engine: { host: "unix:///run/engine.sock", socketPath: "/var/run/docker.sock" } },
  ...{ network: "berth-dev-network", proxyUrl: "http://localhost:8080", image: "build" },
  build: sampleSettings.build,
};

let program: MockedProgram;
beforeEach(async () => {
  program = await MockedProgram.start(sampleProviders);
});

function configure(workspace: object, more: Record<string, unknown> = {}): void {
  const all = Object.entries({ workspace, ...more }).map(([key, value]) => [
    `berth-workspaces:${key}`,
    JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(all) as Record<string, string>, [
    "berth-workspaces:secrets",
  ]);
}

describe("a workspace's stack", () => {
  it("builds the image as the dev stack would, and runs it behind dev's proxy", async () => {
    configure({ place: "local", ...common, local }, { secrets: { "editor-password": CANARY } });
    const { url } = await buildWorkspace();
    expect(await valueOf(url)).toBe("http://mine.01.localhost:8080/");
    expect((await program.only("docker:index/image:Image")).inputs).toMatchObject({
      imageName: "berth-dev-workspace:latest",
      build: { context: "../images/workspace", dockerfile: "../images/workspace/Dockerfile", target: "full" },
    });
    const { inputs } = await program.only("docker:index/container:Container");
    expect(JSON.stringify(inputs.uploads)).toContain(CANARY);
    expect(await program.plainText()).not.toContain(CANARY);
  });

  it("takes what all workspaces of a cloud share from the project's own config", () => {
    const fly = { image: "registry.fly.io/workspace:1", region: "fra" };
    configure({ place: "fly", ...common }, { fly });
    expect(loadWorkspace().settings).toMatchObject({ place: "fly", fly, deleteData: false });
  });

  it.each([
    [{ place: "azure", ...common }, {}, "azure is set in workspaces/Pulumi.yaml:\n  azure.image is missing"],
    [
      { place: "fly", ...common },
      { fly: { image: "x", region: "paris" } },
      "fly.region must be three letters",
    ],
    [{ place: "fly", ...common }, { fly: { image: "x", regoin: "fra" } }, "did you mean 'region'?"],
    [{ place: "local", ...common, local: { ...local, network: "" } }, {}, "local.network must be at least 1"],
    [{ place: "moon", ...common }, {}, "place "],
  ])("says what is missing or wrong, before anything is declared: %#", (workspace, more, message) => {
    configure(workspace, more);
    expect(() => loadWorkspace()).toThrow(message);
  });
});
