import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import { Lab } from "./support/lab";
import { startStack, type TestStack } from "./support/pulumi";

jest.setTimeout(300_000);

const lab = new Lab();
let stacks: TestStack;
let context: string;
let base: string;

beforeAll(async () => {
  context = await mkdtemp(join(tmpdir(), "btest-context-"));
  base = await lab.importImage("base");
  await writeFile(join(context, "Dockerfile"), `FROM ${base}\nCMD ["sleep", "300"]\n`);
  stacks = await startStack();
});
afterAll(async () => {
  await stacks.close();
  await lab.dispose();
  await rm(context, { recursive: true });
});

interface Options {
  memory?: number;
  command?: string[];
  /** Id of a container to import. */
  imported?: string;
}

const UPLOADED = "uploaded-secret-text";
const IN_ENVIRONMENT = "environment-secret-text";
const subnet = lab.subnet();

function program(options: Options = {}): () => Promise<Record<string, unknown>> {
  return () => {
    const network = new docker.Network("net", { name: lab.name("net"), ipamConfigs: [{ subnet }] });
    const volume = new docker.Volume("data", { name: lab.name("data") });
    const image = new docker.Image("image", {
      imageName: lab.name("app"),
      skipPush: true,
      build: { context },
    });
    const container = new docker.Container(
      "app",
      {
        name: lab.name("app"),
        image: image.repoDigest,
        command: options.command,
        memory: options.memory ?? 64,
        networksAdvanced: [{ name: network.id, aliases: ["app"] }],
        mounts: [{ type: "volume", source: volume.name, target: "/data" }],
        uploads: [{ file: "/run/secrets/berth/token", content: pulumi.secret(UPLOADED) }],
        envs: [pulumi.interpolate`TOKEN=${pulumi.secret(IN_ENVIRONMENT)}`],
        healthcheck: { tests: ["CMD", "true"], interval: "1s" },
        wait: true,
      },
      { deleteBeforeReplace: true },
    );
    if (options.imported) {
      new docker.Container(
        "other",
        { name: lab.name("other"), image: base, command: ["sleep", "300"] },
        { import: options.imported },
      );
    }
    return Promise.resolve({
      containerId: container.id,
      networkId: network.id,
      addresses: container.networkDatas,
    });
  };
}

/** Operations of a preview by kind, without the stack's own. */
async function preview(stack: Stack): Promise<Record<string, number | undefined>> {
  const { changeSummary } = await stack.preview();
  return changeSummary;
}

test("a stack lives its whole life on the real Pulumi engine", async () => {
  let stack = await stacks.with("life", program());
  expect(await preview(stack)).toEqual({ create: 5 });
  const up = await stack.up();
  expect(up.summary.resourceChanges).toEqual({ create: 5 });
  const id = up.outputs.containerId!.value as string;
  expect(await lab.exec(id, ["cat", "/run/secrets/berth/token"])).toBe(UPLOADED);
  expect(up.stdout).toContain("stands in for the official docker");

  const checkpoint = await stacks.checkpoint("life");
  expect(checkpoint).toContain(id);
  expect(checkpoint).not.toContain(UPLOADED);
  expect(checkpoint).not.toContain(IN_ENVIRONMENT);

  expect(await preview(stack)).toEqual({ same: 5 });
  await stack.refresh();
  expect(await preview(stack)).toEqual({ same: 5 });

  stack = await stacks.with("life", program({ memory: 128 }));
  expect(await preview(stack)).toEqual({ same: 4, update: 1 });
  const updated = await stack.up();
  expect(updated.outputs.containerId!.value).toBe(id);

  stack = await stacks.with("life", program({ memory: 128, command: ["sleep", "400"] }));
  expect((await stack.up()).summary.resourceChanges).toEqual({ same: 4, replace: 1 });

  await lab.docker.getContainer(lab.name("app")).remove({ force: true });
  await stack.refresh();
  expect(await preview(stack)).toEqual({ same: 4, create: 1 });
  const healed = await stack.up();
  expect((await lab.docker.getContainer(lab.name("app")).inspect()).Id).toBe(
    healed.outputs.containerId!.value,
  );

  await lab.docker.getContainer(lab.name("app")).remove({ force: true });
  await lab.docker.getImage(lab.name("app")).remove({ force: true });
  await stack.refresh();
  await stack.up();
  expect((await lab.docker.getContainer(lab.name("app")).inspect()).State.Running).toBe(true);

  await writeFile(join(context, "more"), "a change of the context");
  const rebuilt = await stack.up();
  expect(rebuilt.summary.resourceChanges).toMatchObject({ update: 1 });

  const other = await lab.docker.createContainer({
    name: lab.name("other"),
    Image: base,
    Cmd: ["sleep", "300"],
  });
  await other.start();
  stack = await stacks.with("life", program({ memory: 128, command: ["sleep", "400"], imported: other.id }));
  expect((await stack.up()).summary.resourceChanges).toEqual({ same: 5, import: 1 });
  expect(await preview(stack)).toEqual({ same: 6 });

  await stack.destroy();
  expect(await lab.containerExists(lab.name("app"))).toBe(false);
  expect(await lab.containerExists(lab.name("other"))).toBe(false);
  await expect(lab.docker.getVolume(lab.name("data")).inspect()).rejects.toMatchObject({ statusCode: 404 });
  await expect(lab.docker.getNetwork(lab.name("net")).inspect()).rejects.toMatchObject({ statusCode: 404 });
});

test("a container that does not become healthy fails the deployment, stays in the state, and is replaced once it is right", async () => {
  const make = (check: string) => () => {
    new docker.Container("app", {
      name: lab.name("sick"),
      image: base,
      command: ["sh", "-c", "echo looking for the database; sleep 300"],
      healthcheck: { tests: ["CMD-SHELL", check], interval: "1s", retries: 1 },
      wait: true,
      waitTimeout: 3,
    });
    return Promise.resolve();
  };
  let stack = await stacks.with("sick", make("echo no database; false"));
  await expect(stack.up()).rejects.toThrow(/is unhealthy after 3 s.*no database.*looking for the database/s);
  expect(await stacks.checkpoint("sick")).toContain(lab.name("sick"));
  await expect(stack.up()).rejects.toThrow(/is unhealthy after 3 s/);

  stack = await stacks.with("sick", make("true"));
  expect((await stack.up()).summary.resourceChanges).toEqual({ same: 1, replace: 1 });
  await stack.destroy();
});
