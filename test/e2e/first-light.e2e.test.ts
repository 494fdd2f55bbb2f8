import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import Docker from "dockerode";
import { outputsSchema, type Outputs } from "../../scripts/lib/outputs";
import { makeCheckout, type Checkout, type CommandResult } from "../support/checkout";
import { listEngine, type EngineListing } from "../support/engine-listing";
import { ask, askUntil, webSocketAnswer } from "../support/web";

// One story on one stack, told in order: each test starts where the one before it ended.
jest.setTimeout(15 * 60_000);

const SHOP = "01/shop";
const LEDGER = "01/ledger";

let checkout: Checkout;
let before: EngineListing;
let outputs: Outputs;

/** Runs a command in the checkout that must succeed; its output is the error otherwise. */
async function succeed(command: string, ...args: string[]): Promise<CommandResult> {
  const result = await checkout.run(command, args);
  if (result.exitCode !== 0)
    throw new Error(`${command} ${args.join(" ")}:\n${result.stdout}\n${result.stderr}`);
  return result;
}

/** Runs a plain pulumi command with nothing but the exports of `make env`. */
function plainPulumi(command: string, settings = ""): Promise<CommandResult> {
  return succeed("bash", "-c", `eval "$(make -s env)" && ${settings} pulumi ${command} --non-interactive`);
}

/** Settings under which the processes of one command see another time, by Debian's libfaketime. */
async function clockMovedBy(offset: string): Promise<string> {
  const found = await checkout.run("bash", [
    "-c",
    "ls /usr/lib/*/faketime/libfaketime.so.1 || { apt-get update && apt-get install -y libfaketime; } >&2",
  ]);
  if (found.exitCode !== 0)
    throw new Error(`libfaketime is missing and cannot be installed:\n${found.stderr}`);
  const { stdout: library } = await succeed("bash", "-c", "ls /usr/lib/*/faketime/libfaketime.so.1");
  return `LD_PRELOAD=${library.trim()} FAKETIME=${offset} FAKETIME_DONT_FAKE_MONOTONIC=1`;
}

async function readOutputs(): Promise<Outputs> {
  const { stdout } = await succeed("make", "outputs", "ENV=dev");
  return outputsSchema.parse(JSON.parse(stdout));
}

function value(map: Record<string, string>, key: string): string {
  const found = map[key];
  if (found === undefined) throw new Error(`no '${key}' among ${Object.keys(map).join(", ")}`);
  return found;
}

/** The created-at of every container of the stack: changes only if a container was replaced. */
async function containerIds(): Promise<Record<string, string>> {
  const containers = await new Docker().listContainers({ all: true });
  const own = containers.filter(({ Names }) => Names[0]?.includes(checkout.namePrefix));
  return Object.fromEntries(own.map(({ Names, Id }) => [Names[0] ?? "", Id]));
}

beforeAll(async () => {
  checkout = await makeCheckout();
  before = await listEngine("");
});

afterAll(async () => {
  const purged = await checkout.run("make", ["purge", "ENV=dev"], { YES: "1" });
  checkout.remove();
  if (purged.exitCode !== 0) throw new Error(`purge failed:\n${purged.stdout}\n${purged.stderr}`);
});

describe("make up", () => {
  it("brings up the services and both apps and says where to open and how to stop them", async () => {
    const { stdout } = await succeed("make", "up");
    expect(stdout).toMatch(/shop .*answers 200 +http:\/\/shop\.01\.localhost:\d+/);
    expect(stdout).toMatch(/ledger .*answers 200 +http:\/\/ledger\.01\.localhost:\d+/);
    expect(stdout).toContain("make down ENV=dev");
    outputs = await readOutputs();
  });

  it("leaves a fresh clone clean in git", () => {
    expect(checkout.gitStatus()).toBe("");
  });

  it("names every output that the documentation promises", () => {
    expect(outputs.environment).toBe("dev");
    expect(Object.keys(outputs.serviceContainers).sort()).toEqual([
      "postgres",
      "proxy",
      "proxy-routes",
      "redis",
      "registry",
    ]);
    expect(outputs.registryAddress).toMatch(/^localhost:\d+$/);
    expect(outputs).toMatchObject({ registryUsername: "berth", registryPassword: "[secret]" });
    expect(Object.keys(outputs.appUrls).sort()).toEqual([LEDGER, SHOP]);
    expect(new X509Certificate(outputs.caCertPem).ca).toBe(true);
  });

  it("changes nothing the second time", async () => {
    const ids = await containerIds();
    await succeed("make", "up");
    expect(await containerIds()).toEqual(ids);
    await plainPulumi("preview --expect-no-changes");
  });

  it("serves consumers of the outputs", async () => {
    const { stdout } = await succeed("make", "-s", "verify");
    expect(stdout).not.toContain("FAIL");
  });
});

describe("the apps behind the proxy", () => {
  it("take an order that is stored in Postgres", async () => {
    const shop = value(outputs.appUrls, SHOP);
    const placed = await ask(`${shop}/api/orders`, {
      method: "POST",
      json: { productId: 1, quantity: 1, customer: "Ada" },
    });
    expect(placed).toMatchObject({ status: 201 });
    expect((await ask(`${shop}/api/orders`)).body).toContain("Ada");
  });

  it("echo a WebSocket message", async () => {
    const url = `${value(outputs.appUrls, SHOP)}/events`;
    expect(await webSocketAnswer(url, "echo:hello", "echo:hello")).toBe("echo:hello");
  });

  it("are not confused with unknown names", async () => {
    const unknown = value(outputs.appUrls, SHOP).replace("shop.01", "nobody.01");
    expect((await ask(unknown)).status).toBe(404);
  });

  it("show an edit of a live file and reload on an edit of the source", async () => {
    const shop = value(outputs.appUrls, SHOP);
    const page = path.join(checkout.folder, "examples/shop/public/index.html");
    fs.writeFileSync(page, fs.readFileSync(page, "utf8").replaceAll("Harbour shop", "Edited shop"));
    await askUntil(shop, ({ body }) => body.includes("Edited shop"), 10_000);

    const router = path.join(checkout.folder, "examples/shop/src/http/router.ts");
    const source = fs.readFileSync(router, "utf8");
    fs.writeFileSync(router, source.replace("The shop has nothing for", "The edited shop has nothing for"));
    await askUntil(`${shop}/nowhere`, ({ body }) => body.includes("The edited shop has nothing for"), 20_000);
  });

  it("find no admin interface on the proxy and cannot write to their live source", async () => {
    const container = value(outputs.appContainers, SHOP);
    const proxy = value(outputs.serviceContainers, "proxy");
    const probe = `fetch("http://${proxy}:2019/config/").then(() => process.exit(1), (e) => process.exit(e.cause.code === "ECONNREFUSED" ? 0 : 2))`;
    await succeed("docker", "exec", container, "node", "-e", probe);
    const write = await checkout.run("docker", ["exec", container, "touch", "/app/src/intruder"]);
    expect(write.stderr).toMatch(/Read-only file system/);
  });
});

describe("secrets", () => {
  it("reach containers as files and appear in neither environment nor state", async () => {
    const container = value(outputs.appContainers, SHOP);
    const { stdout: url } = await succeed(
      "docker",
      "exec",
      container,
      "cat",
      "/run/secrets/berth/database-url",
    );
    const password = new URL(url.trim()).password;
    expect(password.length).toBeGreaterThanOrEqual(32);
    const { stdout: details } = await succeed("docker", "inspect", container);
    expect(details).not.toContain(password);
    const { stdout: state } = await plainPulumi("stack export");
    expect(state).not.toContain(password);
    expect(state).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY/);
  });
});

describe("drift and renewal", () => {
  it("heals a container that was removed by hand", async () => {
    const container = value(outputs.appContainers, LEDGER);
    await new Docker().getContainer(container).remove({ force: true });
    await plainPulumi("refresh --yes --skip-preview");
    await succeed("make", "up");
    expect((await ask(value(outputs.appUrls, LEDGER) + "/health")).status).toBe(200);
  });

  it("renews a certificate inside its window, with the registry that serves it, and touches nothing else", async () => {
    const registry = `/${outputs.serviceContainers.registry}`;
    const { [registry]: oldRegistry, ...ids } = await containerIds();
    // The server's certificate lives 90 days and is renewed in its last 30: 61 days on, it and no other is due.
    const later = await clockMovedBy("+61d");
    const { stdout: plan } = await plainPulumi("preview --json", later);
    const steps = (JSON.parse(plan) as { steps: { op: string; urn: string }[] }).steps;
    const replaced = steps.filter(({ op }) => op === "replace").map(({ urn }) => urn.split("::").at(-1));
    expect(replaced.sort()).toEqual([
      "infra-registry-server-container",
      "infra-registry-server-settled",
      "server-cert",
    ]);
    expect(steps.filter(({ op }) => ["create", "update", "delete"].includes(op))).toEqual([]);

    await plainPulumi("up --yes --skip-preview", later);
    const renewed = (await readOutputs()).certificateExpiry;
    const { root, issuing, server } = outputs.certificateExpiry;
    expect(renewed).toMatchObject({ root, issuing });
    const gainedHours = (Date.parse(value(renewed, "server")) - Date.parse(server ?? "")) / 3_600_000;
    expect(gainedHours).toBeCloseTo(61 * 24, 0);
    const { [registry]: newRegistry, ...others } = await containerIds();
    expect(others).toEqual(ids);
    expect(newRegistry).not.toBe(oldRegistry);
    await plainPulumi("preview --expect-no-changes", later);
  });
});

describe("make down and make purge", () => {
  it("down removes containers and networks and keeps volumes and the CA", async () => {
    await succeed("make", "down");
    const left = await listEngine(checkout.namePrefix);
    expect(left.containers).toEqual([]);
    expect(left.networks).toEqual([]);
    expect(left.volumes.length).toBeGreaterThan(0);
  });

  it("up after down has the same CA and the same data", async () => {
    await succeed("make", "up");
    const again = await readOutputs();
    expect(again.caCertPem).toBe(outputs.caCertPem);
    expect((await ask(`${value(again.appUrls, SHOP)}/api/orders`)).body).toContain("Ada");
  });

  it("purge asks before it removes anything", async () => {
    const refused = await checkout.run("make", ["purge"]);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain("YES=1");
    expect((await listEngine(checkout.namePrefix)).containers.length).toBeGreaterThan(0);
  });

  it("purge removes everything of this stack and nothing else", async () => {
    await succeed("make", "purge", "YES=1");
    expect(await listEngine(checkout.namePrefix)).toEqual({
      containers: [],
      networks: [],
      volumes: [],
      images: [],
    });
    expect(fs.existsSync(path.join(checkout.folder, ".berth/state"))).toBe(false);
    const after = await listEngine("");
    // What other tests make meanwhile is theirs.
    const lasting = (names: string[]): string[] => names.filter((name) => !name.startsWith("btest-"));
    expect(lasting(after.volumes)).toEqual(lasting(before.volumes));
    expect(lasting(after.networks)).toEqual(lasting(before.networks));
  });
});
