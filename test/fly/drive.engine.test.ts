import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCheckout, type Checkout, type CommandResult } from "../support/checkout";
import { FakeFly } from "./api/fake-fly";

const CANARY = "canary-password";

let fly: FakeFly;
let checkout: Checkout;
beforeAll(async () => {
  fly = await FakeFly.start();
  checkout = await makeCheckout();
  const project = join(checkout.folder, "workspaces", "Pulumi.yaml");
  const text = readFileSync(project, "utf8");
  const settings = { image: "registry.fly.io/workspace:1", region: "fra", organization: "acme" };
  const value = `$1value: ${JSON.stringify(settings)}`;
  writeFileSync(project, text.replace(/(\n {2}fly:\n(?: {4}.*\n)*? {4})default: \{\}/, value));
});
afterAll(async () => {
  checkout.remove();
  await fly.close();
});

/** What the developers' command asks of a checkout. */
function drive(verb: string, more: object = {}): Promise<CommandResult> {
  const request = { action: "workspace", verb, place: "fly", owner: "01", name: "demo", ...more };
  const input = join(checkout.folder, "input.json");
  writeFileSync(input, JSON.stringify({ spec: { name: "demo" }, secrets: { "editor-password": CANARY } }));
  const line = `exec node --import tsx scripts/drive.ts "$1" < "$2"`;
  return checkout.run("bash", ["-c", line, "drive", JSON.stringify(request), input], fly.environment);
}

const answer = async (verb: string, more?: object): Promise<unknown> => {
  const { exitCode, stdout, stderr } = await drive(verb, more);
  if (exitCode !== 0) throw new Error(stderr);
  expect(stdout + stderr).not.toContain(CANARY);
  return JSON.parse(stdout);
};

test("the commands make and remove a workspace by the checkout's own project and policy (contract test against a fake Machines API)", async () => {
  const made = await answer("create");
  expect(made).toMatchObject({ action: "created", resources: { machine: fly.machines[0]?.id } });
  expect(fly.machines).toMatchObject([{ state: "started" }]);

  await answer("destroy", { deleteData: true });
  expect(fly.apps.size).toBe(0);
});
