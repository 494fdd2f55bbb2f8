// Contract tests: a CloudWorkspace under the real Pulumi engine, against the emulation of Azure, whose containers are real.
import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import type { CloudWorkspaceArgs } from "../../../components/azure/cloud-workspace-args";
import { CloudWorkspace } from "../../../components/cloud-workspace";
import { definition } from "../../../plugins/azure-native/definition";
import { workspaceSpec } from "../../../spec/workspace/workspace-spec";
import { startPluginStack, type PluginStack } from "../../support/plugin-stack";
import { AzureLab, getPage } from "./lab";

/** Nine resources and the container group, in a component, in a stack. */
const ALL = 12;
const CANARY = "canary-in-a-secret-file";
const CANARY_VARIABLE = "canary-in-a-secure-variable";

const lab = new AzureLab();
let stacks: PluginStack;

beforeAll(async () => {
  [stacks] = await Promise.all([startPluginStack(definition), lab.buildImages()]);
});
afterAll(async () => {
  await stacks.close();
  await lab.dispose();
});

function program(options: Partial<CloudWorkspaceArgs> = {}): () => Record<string, unknown> {
  return () => {
    const workspace = new CloudWorkspace("work", {
      name: "atlas",
      owner: "01",
      prefix: lab.prefix,
      spec: workspaceSpec.parse({ name: "atlas", secrets: ["editor-password"] }),
      image: lab.image,
      secrets: { "editor-password": pulumi.secret(CANARY) },
      secureVariables: { TOKEN: pulumi.secret(CANARY_VARIABLE) },
      running: true,
      location: "westeurope",
      tls: { email: "ops@example.com", issuer: "internal", image: lab.image },
      data: { onDestroy: "delete" },
      logs: { retentionDays: 30 },
      ...options,
    });
    return { url: workspace.url, sshCommand: workspace.sshCommand, resourceIds: workspace.resourceIds };
  };
}

const withProgram = (options?: Partial<CloudWorkspaceArgs>): Promise<Stack> => stacks.with(program(options));

async function address(): Promise<string> {
  const holder = (await lab.running()).group;
  return holder?.NetworkSettings.Networks.bridge?.IPAddress ?? "";
}

/** As the stack's state has it. */
async function stateOfGroup(): Promise<string | undefined> {
  const { checkpoint } = JSON.parse(await stacks.checkpoint()) as {
    checkpoint: { latest: { resources: { type: string; outputs?: { instanceView?: { state: string } } }[] } };
  };
  return checkpoint.latest.resources.find(({ type }) => type.endsWith(":ContainerGroup"))?.outputs
    ?.instanceView?.state;
}

describe("a workspace on the emulation of Azure (contract tests)", () => {
  it("is previewed, made, and left alone by a second up", async () => {
    let stack = await withProgram();
    expect((await stack.preview()).changeSummary).toEqual({ create: ALL });
    expect(await lab.volumes()).toEqual([]);

    const up = await stack.up();
    expect(up.summary.resourceChanges).toEqual({ create: ALL });
    expect(up.stdout).toContain("This is an EMULATION: nothing reaches Azure");
    expect(Object.keys(await lab.running()).sort()).toEqual(["group", "tls", "workspace"]);

    const { url, sshCommand } = up.outputs;
    const host = new URL(String(url?.value)).hostname;
    expect(host).toMatch(/^atlas-01-[a-z0-9]{13}\.westeurope\.azurecontainer\.io$/);
    expect(sshCommand?.value).toBe(`ssh -p 2222 dev@${host}`);
    expect(await getPage(host, await address())).toMatchObject({
      status: 200,
      body: "editor of the stand-in",
      issuer: expect.stringMatching(/^Caddy Local Authority/) as unknown,
    });

    stack = await withProgram();
    await stack.refresh();
    expect((await stack.preview()).changeSummary).toEqual({ same: ALL });
  });

  it("shows its secrets nowhere but where they are to be read", async () => {
    expect(await lab.exec("workspace", "cat /run/secrets/berth/editor-password")).toBe(CANARY);
    expect(await lab.exec("workspace", "stat --file-system --format=%T /run/secrets/berth")).toBe("tmpfs");
    await expect(lab.exec("workspace", "touch /run/secrets/berth/mine")).rejects.toThrow("Read-only");
    const state = await stacks.checkpoint();
    for (const canary of [CANARY, CANARY_VARIABLE])
      for (const form of [canary, Buffer.from(canary).toString("base64")])
        expect(state.includes(form)).toBe(false);
    const inspected = await lab.inspected();
    expect(inspected.includes(CANARY)).toBe(false);
    // As on Azure: whoever is in the container, or reads the engine's own books, sees a secure variable.
    expect(inspected.includes(CANARY_VARIABLE)).toBe(true);
  });

  it("keeps its files on the share while it is stopped, even from a destroy, and starts with them", async () => {
    await lab.exec("workspace", "echo 'kept' > /workspace/note");
    const stack = await withProgram({ running: false, data: { onDestroy: "protect" } });
    expect((await stack.up()).summary.resourceChanges).toMatchObject({ delete: 1, same: ALL - 1 });
    expect(await lab.running()).toEqual({});
    await expect(stack.destroy()).rejects.toThrow("protect");
    expect(await lab.volumes()).toHaveLength(2);

    const started = await (await withProgram()).up();
    // The group, and what the destroy could take: registry, identity, right and logs.
    expect(started.summary.resourceChanges).toMatchObject({ create: 5, same: ALL - 5 });
    expect(await lab.exec("workspace", "cat /workspace/note")).toBe("kept");
  });

  it("is updated in place where Azure can, and made anew where it cannot", async () => {
    const rotated = await (
      await withProgram({ secrets: { "editor-password": pulumi.secret("another") } })
    ).up();
    expect(rotated.summary.resourceChanges).toMatchObject({ update: 1, same: ALL - 1 });
    expect(await lab.exec("workspace", "cat /run/secrets/berth/editor-password")).toBe("another");

    const size = { cpus: 1.5, memoryMb: 2048, diskGb: 10 };
    const spec = workspaceSpec.parse({ name: "atlas", secrets: ["editor-password"], size });
    const grown = await (await withProgram({ spec })).up();
    expect(grown.summary.resourceChanges).toMatchObject({ replace: 1, same: ALL - 1 });
    expect(await lab.exec("workspace", "cat /workspace/note")).toBe("kept");
  });

  it("ends with its sidecar when nobody uses it, and is made anew by a new start", async () => {
    await lab.exec("workspace", "touch /tmp/idle");
    const deadline = Date.now() + 20_000;
    while (Object.keys(await lab.running()).length > 1 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 250));
    expect(Object.keys(await lab.running())).toEqual(["group"]);

    const stack = await withProgram({ attempt: "second" });
    await stack.refresh();
    expect(await stateOfGroup()).toBe("Succeeded");
    expect((await stack.up()).summary.resourceChanges).toMatchObject({ replace: 1 });
    expect(await lab.exec("workspace", "cat /workspace/note")).toBe("kept");
  });

  it("is gone without a trace once it may be destroyed", async () => {
    const stack = await withProgram();
    expect((await stack.destroy()).summary.resourceChanges).toEqual({ delete: ALL });
    expect(await lab.volumes()).toEqual([]);
    expect(await lab.inspected()).toBe("[]");
  });
});
