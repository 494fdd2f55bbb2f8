import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { FlyWorkspace, type FlyWorkspaceArgs } from "../../components/fly-workspace";
import { appName } from "../../components/fly/names";
import { commandPlugin } from "../../plugins/command/plugin";
import { dataRoot } from "../../scripts/lib/paths";
import { bundles, ensureBundle } from "../../scripts/toolchain-parts/bundles";
import { workspaceSpec } from "../../spec/workspace/workspace-spec";
import { startPluginStack, type PluginStack } from "../support/plugin-stack";
import { FakeFly } from "./api/fake-fly";
import { allArguments, killStep } from "./step-processes";

const SECRETS = {
  "editor-password": "canary-password",
  "git-github-token": "ghp_canary0123456789",
  "ssh-key": "canary\nof two lines",
};
const APP = appName({ owner: "01", name: "demo", organization: "acme" });

let fly: FakeFly;
let stacks: PluginStack;
let said = "";

beforeAll(async () => {
  const program = bundles(["services"]).find(({ source }) => source.endsWith("/fly-machines"));
  if (program) await ensureBundle(program);
  fly = await FakeFly.start();
  stacks = await startPluginStack(commandPlugin);
});
afterAll(async () => {
  await stacks.close();
  await fly.close();
});

async function stackOf(changes: Partial<FlyWorkspaceArgs> = {}): Promise<Stack> {
  const stack = await stacks.with(() => {
    new FlyWorkspace("demo", {
      ...{ name: "demo", owner: "01", region: "fra", organization: "acme", running: true },
      ...{ image: "registry.fly.io/workspace:1", secrets: SECRETS },
      spec: workspaceSpec.parse(described),
      ...changes,
    });
  });
  Object.assign(stack.workspace.envVars, fly.environment);
  // Where commands run, and look for our program.
  const link = join(stack.workspace.workDir, ".berth");
  if (!existsSync(link)) symlinkSync(dataRoot, link);
  return stack;
}

const onOutput = (text: string): void => void (said += text);
const up = async (changes?: Partial<FlyWorkspaceArgs>): Promise<void> => {
  await (await stackOf(changes)).up({ onOutput, onError: onOutput });
};
const failing = async (changes?: Partial<FlyWorkspaceArgs>): Promise<string> =>
  up(changes).then(
    () => "it did not fail",
    (error: Error) => error.message,
  );
const changesOf = async (changes?: Partial<FlyWorkspaceArgs>): Promise<unknown> =>
  (await (await stackOf(changes)).preview({ onOutput })).changeSummary;

const volumes = () => fly.apps.get(APP)?.volumes.filter(({ state }) => state === "created") ?? [];
const described = { name: "demo", secrets: Object.keys(SECRETS) };
const grown = workspaceSpec.parse({ ...described, size: { cpus: 1, memoryMb: 2048, diskGb: 30 } });

describe("a workspace under the real Pulumi engine (contract tests against a fake Machines API)", () => {
  it("is previewed without a word to Fly.io, and made", async () => {
    expect(await changesOf()).toEqual({ create: 6 });
    expect(fly.requests).toEqual([]);

    await up();
    expect(fly.machines).toMatchObject([{ state: "started", boots: 1, region: "fra" }]);
    expect(volumes()).toMatchObject([{ size_gb: 10, encrypted: true, snapshot_retention: 5 }]);
    expect(fly.machines[0]?.environment).toMatchObject({
      BERTH_SECRET_GIT_GITHUB_TOKEN: SECRETS["git-github-token"],
      BERTH_SECRET_SSH_KEY: SECRETS["ssh-key"],
    });
    expect(fly.app(APP).addresses).toHaveLength(2);

    await (await stackOf()).refresh();
    expect(await changesOf()).toEqual({ same: 6 });
  });

  it("starts at another attempt or a connection after it ended itself; stopped, it stays so, with its volume", async () => {
    const [volume] = volumes();
    for (const machine of fly.machines) fly.life.exit(machine, 0, false);
    await up({ attempt: "2" });
    expect(fly.machines).toMatchObject([{ state: "started", boots: 2 }]);

    for (const machine of fly.machines) fly.life.exit(machine, 0, false);
    await fly.connect(APP, 2222);
    expect(fly.machines).toMatchObject([{ state: "started", boots: 3 }]);

    await up({ attempt: "2", running: false });
    await fly.connect(APP, 2222);
    expect(fly.machines).toMatchObject([{ state: "stopped", boots: 3 }]);
    expect(volumes()).toEqual([volume]);
  });

  it("starts with another secret and a larger volume, and refuses what would lose the volume", async () => {
    await up({ secrets: { ...SECRETS, "ssh-key": "another" }, spec: grown });
    expect(fly.machines).toMatchObject([
      { state: "started", boots: 4, environment: { BERTH_SECRET_SSH_KEY: "another" } },
    ]);
    expect(volumes()).toMatchObject([{ size_gb: 30 }]);
    expect(await failing({ spec: grown, region: "ams" })).toMatch(/is in region fra and cannot move to ams/);
    expect(fly.machines).toMatchObject([{ state: "started", boots: 4 }]);
  });

  it("leaves the volume where it is destroyed, and says so", async () => {
    const [volume] = volumes();
    said = "";
    await (await stackOf()).destroy({ onOutput, onError: onOutput });
    expect(fly.machines).toEqual([]);
    expect(volumes()).toEqual([{ ...volume, attached_machine_id: null }]);
    expect(fly.app(APP).secrets.size).toBe(0);
    expect(said).toContain(`volume ${volume?.id} of ${APP} is kept, with home and projects`);
    expect(said).toContain(`app ${APP} stays, because it holds volume ${volume?.id}`);
  });

  it("is made once, of the same volume, though its making was killed half-way; nothing shows a secret", async () => {
    const [volume] = volumes();
    let seen = "";
    fly.fail({ method: "POST", path: /\/secrets$/, before: () => void (seen = allArguments()) });
    fly.fail({ method: "POST", path: /\/machines$/, after: () => killStep(fly) });
    expect(await failing({ spec: grown, deleteData: true })).toMatch(/demo-machine/);
    expect(fly.machines).toHaveLength(1);

    await up({ spec: grown, deleteData: true });
    expect(fly.machines).toMatchObject([{ state: "started", boots: 1 }]);
    expect(volumes().map(({ id }) => id)).toEqual([volume?.id]);

    expect(seen).toContain("fly-machines.js secrets");
    const shown = [await stacks.checkpoint(), said, seen].join("\n");
    expect(shown).toContain(APP);
    for (const secret of [fly.token, "canary"]) expect(shown).not.toContain(secret);
  });

  it("goes with all that is in it where that was asked for", async () => {
    await (await stackOf()).destroy({ onOutput, onError: onOutput });
    expect([...fly.apps.keys()]).toEqual([]);
  });
});
