import { containerArgs } from "../../../components/hardened-container";
import { hardenedArgs } from "../../../components/app-container";
import { createBody } from "../../../cli/driver/create-body";
import { specFile, withNeededSecrets, workspaceContainer } from "../../../spec/workspace/container";
import { workspaceSpec } from "../../../spec/workspace/workspace-spec";
import { sampleSettings } from "../../support/sample-settings";

const MIB = 1024 * 1024;
const scope = { prefix: "berth", environment: "dev" } as const;
const spec = workspaceSpec.parse({ name: "mine", size: "medium", secrets: ["stripe-key"] });
const container = workspaceContainer({ scope, proxyEnvironment: "dev", owner: "01", spec });
const body = createBody(container, {
  ...{ imageId: `sha256:${"a".repeat(64)}`, network: "berth-dev-network", specHash: "hash", published: [] },
});
const args = containerArgs(
  hardenedArgs(container, {
    ...{ image: `sha256:${"a".repeat(64)}`, engine: sampleSettings.engine, network: "berth-dev-network" },
  }),
);

describe("a workspace's container", () => {
  it("is named and served like an app of its owner's, and is known as a workspace", () => {
    expect(container.name).toBe("berth-dev-01-mine");
    expect(Object.fromEntries(container.labels.map(({ label, value }) => [label, value]))).toEqual({
      ...{ "berth.app": "mine", "berth.env": "dev", "berth.owner": "01", "berth.port": "8080" },
      ...{ "berth.proxy": "berth-dev", "berth.role": "app", "berth.stack": "berth-dev" },
      "org.berth.workspace": "mine",
    });
  });

  it("has the measures of its size, one volume, and the rights of an ordinary user", () => {
    expect(container).toMatchObject({ memoryMb: 4096, cpus: 2, user: "1000:1000", capabilities: [] });
    expect(container.mounts).toMatchObject([
      { type: "volume", source: "berth-dev-01-mine-workspace", target: "/workspace", copiesImage: true },
    ]);
  });

  it("holds no secret and no spec in its variables, which whoever can inspect it reads", () => {
    expect(container.environment).toEqual(["BERTH_ENVIRONMENT=dev"]);
    const extraCa = workspaceContainer({ scope, proxyEnvironment: "dev", owner: "01", spec, extraCa: true });
    expect(extraCa.environment).toContain("NODE_EXTRA_CA_CERTS=/usr/local/share/berth/extra-ca.pem");
  });

  it("is the same by both drivers", () => {
    expect(body.HostConfig).toMatchObject({
      ...{ Memory: 4096 * MIB, MemorySwap: 4096 * MIB, NanoCpus: 2e9, PidsLimit: container.pids },
      ...{ RestartPolicy: { Name: "on-failure" }, CapDrop: ["ALL"], SecurityOpt: ["no-new-privileges"] },
      Mounts: [{ Type: "volume", Source: "berth-dev-01-mine-workspace", Target: "/workspace" }],
    });
    expect(args).toMatchObject({
      ...{ memory: 4096, memorySwap: 4096, cpus: "2", restart: "on-failure", user: body.User },
      ...{ capabilities: { drops: ["ALL"], adds: [] }, securityOpts: ["no-new-privileges"] },
      mounts: [
        { type: "volume", source: "berth-dev-01-mine-workspace", target: "/workspace", readOnly: false },
      ],
      healthcheck: { tests: body.Healthcheck?.Test },
    });
  });

  it("is told its spec in a file, with the secret that an editor behind a password needs", () => {
    const { path, content } = specFile(withNeededSecrets(spec));
    expect(path).toBe("/etc/berth/workspace.json");
    expect(workspaceSpec.parse(JSON.parse(content))).toMatchObject({
      secrets: ["stripe-key", "editor-password"],
    });
    const open = workspaceSpec.parse({ name: "mine", editor: { auth: "proxy" } });
    expect(withNeededSecrets(open).secrets).toEqual([]);
  });

  it("is refused with an editor that asks for nothing, since the host's proxy asks for nothing either", () => {
    const open = workspaceSpec.parse({ name: "mine", editor: { auth: "proxy" } });
    expect(() => workspaceContainer({ scope, proxyEnvironment: "dev", owner: "01", spec: open })).toThrow(
      "workspace 'mine': the proxy of a Docker host lets everybody in",
    );
  });
});
