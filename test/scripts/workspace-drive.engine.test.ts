// Contract tests: `scripts/drive.ts` as `berth workspace … --on fly` calls it, under the real Pulumi engine, against a fake Machines API.
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { parseDocument } from "yaml";
import { workspaceSpec } from "../../spec/workspace/workspace-spec";
import { FakeFly } from "../fly/api/fake-fly";
import { makeCheckout, type Checkout } from "../support/checkout";

// Each is several Pulumi commands, which take longer beside other work.

const CANARY = "canary-of-a-secret";
const key = { action: "workspace", place: "fly", owner: "01" };

let fly: FakeFly;
let checkout: Checkout;
beforeAll(async () => {
  fly = await FakeFly.start();
  checkout = await makeCheckout();
  const file = path.join(checkout.folder, "workspaces/Pulumi.yaml");
  const project = parseDocument(fs.readFileSync(file, "utf8"));
  const value = { image: "registry.fly.io/workspace:1", region: "fra", organization: "acme" };
  project.setIn(["config", "fly"], project.createNode({ value }));
  fs.writeFileSync(file, project.toString());
  const made = await checkout.run("scripts/toolchain", []);
  if (made.exitCode !== 0) throw new Error(`${made.stdout}${made.stderr}`);
});
afterAll(async () => {
  await fly.close();
  checkout.remove();
});

/** What it answers; its error where it fails. */
async function drive(request: object, input: object = {}): Promise<{ answer: unknown; said: string }> {
  const words = ["--import", "tsx", "scripts/drive.ts", JSON.stringify({ ...key, ...request })];
  const toolchain = path.resolve(process.env.BERTH_TOOLCHAIN_ROOT ?? ".berth");
  const child = spawn(process.execPath, words, {
    cwd: checkout.folder,
    env: { ...process.env, ...fly.environment, BERTH_TOOLCHAIN_ROOT: toolchain },
  });
  child.stdin.end(JSON.stringify(input));
  const [answer, said] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { answer: answer === "" ? undefined : (JSON.parse(answer) as unknown), said };
}

const spec = workspaceSpec.parse({ name: "mine", secrets: ["editor-password"] });
const wanted = { spec, secrets: { "editor-password": CANARY } };

describe("a checkout that is asked for a workspace at Fly.io", () => {
  it("makes it", async () => {
    const { answer } = await drive({ verb: "create", name: "mine" }, wanted);
    expect(answer).toMatchObject({
      action: "created",
      ssh: expect.stringContaining("ssh -p 2222 dev@") as unknown,
    });
    expect(fly.machines).toMatchObject([
      { state: "started", environment: { BERTH_SECRET_EDITOR_PASSWORD: CANARY } },
    ]);
  });

  it("lists, stops and starts it", async () => {
    expect((await drive({ verb: "stop", name: "mine" })).answer).toEqual({ ran: true });
    expect(fly.machines).toMatchObject([{ state: "stopped" }]);
    expect((await drive({ verb: "list" })).answer).toMatchObject([{ workspace: "mine", state: "stopped" }]);
    expect((await drive({ verb: "start", name: "mine" })).answer).toMatchObject({ action: "changed" });
    expect(fly.machines).toMatchObject([{ state: "started" }]);
  });

  it("says what it does not have, and touches nothing", async () => {
    const { answer, said } = await drive({ verb: "stop", name: "nosuch" });
    expect(answer).toBeUndefined();
    expect(said).toContain("error: developer 01 has no workspace 'nosuch' on fly: nothing was changed");
  });

  it("has its secrets in no file and no state in clear", () => {
    const files = [".berth/state", "workspaces"].flatMap((folder) =>
      fs
        .readdirSync(path.join(checkout.folder, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => path.join(parentPath, name)),
    );
    expect(files.some((file) => file.endsWith("Pulumi.fly-01-mine.yaml"))).toBe(true);
    expect(files.filter((file) => fs.readFileSync(file, "utf8").includes(CANARY))).toEqual([]);
  });

  it("takes it away with its data where that is asked for", async () => {
    expect((await drive({ verb: "destroy", name: "mine", deleteData: true })).answer).toEqual({});
    expect([...fly.apps.keys()]).toEqual([]);
  });
});
