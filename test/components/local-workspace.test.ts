import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, type LocalWorkspaceArgs } from "../../components/local-workspace";
import { judgeResource } from "../../policy/rules";
import { withNeededSecrets } from "../../spec/workspace/container";
import { workspaceSpec } from "../../spec/workspace/workspace-spec";
import { MockedProgram, valueOf } from "../support/pulumi-mocks";
import { sampleProviders } from "../support/sample-providers";
import { sampleSettings } from "../support/sample-settings";

const CONTAINER = "docker:index/container:Container";
const VOLUME = "docker:index/volume:Volume";
const CANARY = "canary-of-a-password";

let program: MockedProgram;
beforeEach(async () => {
  program = await MockedProgram.start(sampleProviders);
});

function workspace(changes: Partial<LocalWorkspaceArgs> = {}): LocalWorkspace {
  return new LocalWorkspace("work", {
    ...{ name: "mine", owner: "01", scope: sampleSettings.scope, engine: sampleSettings.engine },
    spec: withNeededSecrets(workspaceSpec.parse({ name: "mine" })),
    secrets: { "editor-password": pulumi.secret(CANARY) },
    ...{ image: `sha256:${"a".repeat(64)}`, running: true, network: "berth-dev-network" },
    ...{ proxyEnvironment: "dev", proxyUrl: "http://localhost:8080" },
    ...changes,
  });
}

describe("a workspace on a Docker host", () => {
  it("is a hardened container with its volume, behind the proxy", async () => {
    const made = workspace();
    const { inputs } = await program.only(CONTAINER);
    expect(inputs).toMatchObject({
      ...{ name: "berth-dev-01-mine", restart: "on-failure", user: "1000:1000", memory: 2048 },
      mounts: [{ type: "volume", source: "berth-dev-01-mine-workspace", target: "/workspace" }],
    });
    expect(judgeResource(CONTAINER, inputs, "dev")).toEqual([]);
    expect((await program.only(VOLUME)).inputs).toMatchObject({ name: "berth-dev-01-mine-workspace" });
    expect(await valueOf(made.url)).toBe("http://mine.01.localhost:8080/");
    expect(await valueOf(made.resourceIds)).toEqual({
      ...{ container: "berth-dev-01-mine", volume: "berth-dev-01-mine-workspace" },
    });
  });

  it("is reached by ssh through the engine, wherever that is", async () => {
    expect(await valueOf(workspace().sshCommand)).toBe(
      "ssh -o ProxyCommand='docker -H unix:///run/engine.sock exec -i berth-dev-01-mine socat - TCP:127.0.0.1:2222' dev@berth-dev-01-mine",
    );
  });

  it("gets its secrets as files, which are secret to the state", async () => {
    workspace();
    const { inputs } = await program.only(CONTAINER);
    expect(JSON.stringify(inputs.uploads)).toContain(CANARY);
    expect(await program.plainText()).not.toContain(CANARY);
  });

  it("is its volume alone while it is stopped", async () => {
    const made = workspace({ running: false });
    const types = (await program.resources()).map(({ type }) => type);
    expect(types).not.toContain(CONTAINER);
    expect(types).toContain(VOLUME);
    expect(await valueOf(made.resourceIds)).toEqual({ volume: "berth-dev-01-mine-workspace" });
  });
});
