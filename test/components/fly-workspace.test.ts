import type * as pulumi from "@pulumi/pulumi";
import { FlyWorkspace, type FlyWorkspaceArgs } from "../../components/fly-workspace";
import { workspaceSpec } from "../../spec/workspace/workspace-spec";
import { MockedProgram, valueOf, type Properties } from "../support/pulumi-mocks";

const COMMAND = "command:local:Command";
const CANARY = "canary-of-a-secret";

const PASSWORD = { "editor-password": `${CANARY}-password` };

const results: Record<string, object> = {
  "demo-app": { id: "a1", organization: "acme", addresses: [] },
  "demo-volume": { id: "vol_1", sizeGb: 10 },
  "demo-secrets": { version: 3, names: [] },
  "demo-machine": { id: "m1", instanceId: "01", state: "started" },
};

const args = (changes: Partial<FlyWorkspaceArgs> = {}): FlyWorkspaceArgs => ({
  ...{ name: "demo", owner: "01", region: "fra", organization: "acme", running: true },
  ...{ image: "registry.fly.io/workspace:1", secrets: { "git-github-token": CANARY, ...PASSWORD } },
  spec: workspaceSpec.parse({ name: "demo", secrets: ["git-github-token"] }),
  ...changes,
});

async function declare(
  changes: Partial<FlyWorkspaceArgs> = {},
  options: { preview?: boolean } = {},
): Promise<{ program: MockedProgram; workspace: FlyWorkspace }> {
  const program = await MockedProgram.start(
    { [COMMAND]: (_, name) => ({ stdout: JSON.stringify(results[name]), stderr: "" }) },
    options,
  );
  return { program, workspace: new FlyWorkspace("demo", args(changes)) };
}

const request = async (program: MockedProgram, part: string): Promise<Properties> => {
  const { inputs } = await program.only(COMMAND, `demo-${part}`);
  return JSON.parse(String(inputs["stdin"])) as Properties;
};

test("a workspace is four steps, each after the one before", async () => {
  const { program } = await declare();
  const commands = (await program.resources()).filter(({ type }) => type === COMMAND);
  expect(commands.map(({ name }) => name)).toEqual([
    "demo-app",
    "demo-volume",
    "demo-secrets",
    "demo-machine",
  ]);
  const [app, volume, secrets, machine] = commands;
  expect(volume?.dependencies).toEqual([app?.urn]);
  expect(secrets?.dependencies).toEqual([volume?.urn]);
  expect(machine?.dependencies).toEqual(expect.arrayContaining([volume?.urn, secrets?.urn]));
  for (const { parent } of commands) expect(parent).toContain("berth:cloud:FlyWorkspace::demo");
});

test("each step runs our program to make, change and remove; an app of another name is another one", async () => {
  const { program, workspace } = await declare();
  const { inputs } = await program.only(COMMAND, "demo-machine");
  const line = "node .berth/build/fly-machines.js machine";
  expect(inputs).toMatchObject({ create: line, update: line, delete: `${line} --remove`, logging: "none" });
  const [app] = inputs["triggers"] as string[];
  expect(await valueOf(workspace.url)).toBe(`https://${app}.fly.dev`);
  expect(await valueOf(workspace.sshCommand)).toBe(`ssh -p 2222 dev@${app}.fly.dev`);
  expect(await valueOf<Record<string, string>>(workspace.resourceIds as pulumi.Output<never>)).toEqual({
    app,
    volume: "vol_1",
    machine: "m1",
  });
});

test("a secret's value is an encrypted input of one step, and nothing else", async () => {
  const { program } = await declare();
  expect(await program.plainText()).not.toContain(CANARY);
  const secrets = await program.only(COMMAND, "demo-secrets");
  expect(secrets.secretInputs).toContain("stdin");
  expect(secrets.inputs["logging"]).toBe("none");
  expect(await request(program, "secrets")).toMatchObject({
    values: { BERTH_SECRET_GIT_GITHUB_TOKEN: CANARY },
  });
  expect((await program.only(COMMAND, "demo-machine")).secretInputs).not.toContain("stdin");
  for (const { inputs } of await program.resources()) expect(inputs).not.toHaveProperty("environment");
});

test("the machine has the volume, checks, ports, a way to end, and boots with the secrets as they are", async () => {
  const { program } = await declare();
  expect(await request(program, "machine")).toMatchObject({
    ...{ volume: "vol_1", region: "fra", running: true, secretsVersion: 3 },
    config: {
      image: "registry.fly.io/workspace:1",
      guest: { cpu_kind: "shared", cpus: 1, memory_mb: 2048 },
      mounts: [{ path: "/workspace" }],
      restart: { policy: "on-failure" },
      stop_config: { signal: "SIGTERM", timeout: "15s" },
      services: [
        {
          internal_port: 8080,
          autostart: true,
          autostop: false,
          ports: [
            { port: 80, force_https: true },
            { port: 443, handlers: ["tls", "http"] },
          ],
          checks: [{ type: "http", path: "/healthz" }],
        },
        { internal_port: 2222, autostart: true, ports: [{ port: 2222 }], checks: [{ type: "tcp" }] },
      ],
    },
  });
  expect(await request(program, "volume")).toMatchObject({ sizeGb: 10, deleteData: false });
});

test.each<[string, Partial<FlyWorkspaceArgs>, string, object]>([
  [
    "stopped, so that no connection starts it",
    { running: false },
    "machine",
    { running: false, config: { services: [{ autostart: false }, { autostart: false }] } },
  ],
  [
    "left asleep by strangers",
    { autoStart: false },
    "machine",
    { config: { services: [{ autostart: false }, {}] } },
  ],
  ["looked at again", { attempt: "2" }, "machine", { attempt: "2" }],
  ["without an address that costs", { dedicatedIpv4: false }, "app", { ipv4: "shared" }],
  ["with snapshots for a month", { snapshotRetentionDays: 30 }, "volume", { snapshotRetentionDays: 30 }],
  ["to be removed with its data", { deleteData: true }, "volume", { deleteData: true }],
  [
    "stopped by Fly's proxy",
    { autoStop: true },
    "machine",
    { config: { services: [{ autostop: true }, {}] } },
  ],
  [
    "of the remote image",
    { target: "remote" },
    "machine",
    { config: { services: [{ internal_port: 2222 }] } },
  ],
])("a workspace can be %s", async (_, changes, part, expected) => {
  const { program } = await declare(changes);
  expect(await request(program, part)).toMatchObject(expected);
});

test("a preview needs nothing that Fly.io has not given yet", async () => {
  const { program, workspace } = await declare({}, { preview: true });
  expect(await program.resources()).toHaveLength(5);
  expect(await valueOf(workspace.url)).toContain(".fly.dev");
});

test.each<[string, Partial<FlyWorkspaceArgs>, RegExp]>([
  ["a region's name", { region: "Frankfurt" }, /region is 'Frankfurt': give three letters/],
  ["snapshots for a year", { snapshotRetentionDays: 365 }, /snapshotRetentionDays is 365: .* 1 to 60 days/],
  [
    "too many cores",
    {
      spec: workspaceSpec.parse({ name: "demo", size: { cpus: 32, memoryMb: 4096, diskGb: 10 } }),
    },
    /at most 8 cores and 16384 MB: choose less, or cpuKind performance/,
  ],
  [
    "too large a disk",
    {
      spec: workspaceSpec.parse({ name: "demo", size: { cpus: 1, memoryMb: 4096, diskGb: 800 } }),
      secrets: {},
    },
    /size\.diskGb is 800: .* at most 500 GB/,
  ],
  [
    "a secret without a value",
    { spec: workspaceSpec.parse({ name: "demo", secrets: ["npm-token"] }) },
    /secrets names npm-token, which has no value: set it/,
  ],
  [
    "an editor that nobody could open",
    { secrets: { "git-github-token": CANARY } },
    /nobody could open its editor: give the secret editor-password/,
  ],
  [
    "an editor that everybody could open",
    { spec: workspaceSpec.parse({ name: "demo", editor: { auth: "proxy" } }) },
    /editor\.auth is proxy, and no proxy on Fly\.io asks who it is/,
  ],
])("%s is refused before anything is declared", async (_, changes, says) => {
  await MockedProgram.start({});
  expect(() => new FlyWorkspace("demo", args(changes))).toThrow(says);
});

test("everything that is wrong is said at once", async () => {
  await MockedProgram.start({});
  expect(() => new FlyWorkspace("demo", args({ region: "", snapshotRetentionDays: 0 }))).toThrow(
    /workspace demo of 01 cannot be made on Fly\.io:\n {2}region is .*\n {2}snapshotRetentionDays/,
  );
});
