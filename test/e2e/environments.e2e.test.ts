import * as fs from "node:fs";
import * as path from "node:path";
import Docker from "dockerode";
import { parse } from "yaml";
import { outputsSchema, type Outputs } from "../../scripts/lib/outputs";
import { CLI, ensureBundle } from "../../scripts/toolchain-parts/bundles";
import { madeIdentity } from "../cli/operator/made-identity";
import { makeCheckout, type Checkout, type CommandResult } from "../support/checkout";
import { freePort } from "../support/free-port";
import { listEngine } from "../support/engine-listing";
import { INTERRUPT_IN_UPDATE } from "../support/interrupt-in-update";
import { OwnEngine } from "../support/own-engine";
import { ask, askUntil } from "../support/web";

// One story, told in order: code goes from dev to tst to pro as one image, and back.
jest.setTimeout(15 * 60_000);

type Environment = "dev" | "tst" | "pro";

const SHOP = "shared/shop";
let checkout: Checkout;

async function make(target: string, ...settings: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await checkout.run("make", [target, ...settings]);
  if (exitCode !== 0) throw new Error(`make ${target} ${settings.join(" ")}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** Runs a make target that must fail, and returns all that it printed. */
async function fail(target: string, settings: string[], env?: NodeJS.ProcessEnv): Promise<string> {
  const result = await checkout.run("make", [target, ...settings], env);
  expect({ target, exitCode: result.exitCode }).not.toEqual({ target, exitCode: 0 });
  return result.stdout + result.stderr;
}

/** CI's own `berth`, in the checkout. */
async function berth(...words: string[]): Promise<CommandResult> {
  const [node = "", ...rest] = await berthWords(...words);
  return checkout.run(node, rest);
}

async function berthWords(...words: string[]): Promise<string[]> {
  await ensureBundle(CLI);
  const home = path.join(checkout.folder, ".berth", "home-of-ci");
  const options = fs.existsSync(home)
    ? ["--home", home, "--dev-id", "ci1", "--server", "https://localhost:1"]
    : madeIdentity(home, "ci1", "ci");
  return ["node", CLI.file, ...words, ...options];
}

async function outputsOf(environment: Environment): Promise<Outputs> {
  return outputsSchema.parse(JSON.parse(await make("-s", "outputs", `ENV=${environment}`)));
}

function configOf(environment: Environment): Record<string, unknown> {
  const text = fs.readFileSync(path.join(checkout.folder, `Pulumi.${environment}.yaml`), "utf8");
  return (parse(text) as { config: Record<string, unknown> }).config;
}

function promoted(environment: Environment): { image: string; previousImage?: string } {
  const [app] = configOf(environment)["berth:apps"] as { image: string; previousImage?: string }[];
  if (!app) throw new Error(`no app in ${environment}`);
  return app;
}

const container = (environment: Environment, rest: string): string =>
  `${checkout.namePrefix}-${environment}-${rest}`;

const inspect = (name: string) => new Docker().getContainer(name).inspect();

/** A file of the shop that its image holds and that it serves as it is. */
async function pageOf(environment: Environment): Promise<string> {
  const { proxyUrl } = await outputsOf(environment);
  return `http://shop.${environment}.localhost:${new URL(proxyUrl).port}/page.css`;
}

/** Which version of that file an environment runs. */
async function versionIn(environment: Environment): Promise<string | undefined> {
  return /version (\w+)/.exec((await ask(await pageOf(environment))).body)?.[1];
}

function write(version: string): void {
  const file = path.join(checkout.folder, "examples/shop/public/page.css");
  const page = fs.readFileSync(file, "utf8").replace(/\/\* version .*\n/, "");
  fs.writeFileSync(file, `/* version ${version} */\n${page}`);
}

beforeAll(async () => {
  checkout = await makeCheckout();
  checkout.configure("apps", [{ path: "examples/shop", developerId: "01" }]);
  write("one");
});

afterAll(async () => {
  const results: CommandResult[] = [];
  for (const environment of ["pro", "tst", "dev"]) {
    results.push(await checkout.run("make", ["purge", `ENV=${environment}`], { YES: "1" }));
  }
  const left = await listEngine(checkout.namePrefix);
  checkout.remove();
  for (const { exitCode, stdout, stderr } of results) {
    if (exitCode !== 0) throw new Error(`purge failed:\n${stdout}\n${stderr}`);
  }
  expect(left).toEqual({ containers: [], networks: [], volumes: [], images: [] });
});

describe("before anything runs", () => {
  const noEngine = { DOCKER_HOST: "unix:///nonexistent/docker.sock" };

  it("a preview works on a runner without an engine and without the team's state", async () => {
    const { exitCode, stdout } = await checkout.run("make", ["preview", "ENV=dev"], noEngine);
    expect(stdout).toMatch(/\d+ to create/);
    expect(stdout).toMatch(/berth@v\d+\.\d+\.\d+/);
    expect(exitCode).toBe(0);
  });

  it("tst asks for what was never promoted, app by app, with the command", async () => {
    const output = await fail("up", ["ENV=tst"]);
    expect(output).toContain(
      "berth:serviceImages.postgres is missing: run 'make promote APP=postgres TO=tst' (Pulumi.tst.yaml)",
    );
    expect(await listEngine(checkout.namePrefix)).toEqual({
      containers: [],
      networks: [],
      volumes: [],
      images: [],
    });
  });
});

describe("one image from dev to pro", () => {
  it("is not promoted before it was built, and the message names the command", async () => {
    await make("up", "ENV=dev");
    expect(await fail("promote", ["APP=shop", "TO=tst"])).toContain("make build APP=shop");
  });

  it("runs in tst as it was built, under tst's own name at dev's proxy", async () => {
    await make("build", "APP=shop");
    await make("promote", "APP=services", "TO=tst");
    await make("promote", "APP=shop", "TO=tst");
    const up = await berth("up-infra", "--env", "tst", "--json");
    if (up.exitCode !== 0) throw new Error(`berth up-infra: ${up.stdout}${up.stderr}`);
    expect(JSON.parse(up.stdout)).toEqual({
      environment: "tst",
      services: ["postgres", "redis"].map((service) => ({
        ...{ service, container: container("tst", service), state: "healthy" },
      })),
    });
    const { proxyUrl, appUrls } = await outputsOf("tst");
    expect(appUrls[SHOP]).toBe(`http://shop.tst.localhost:${new URL(proxyUrl).port}`);
    expect(await versionIn("tst")).toBe("one");
    const built = await new Docker().getImage(`${checkout.namePrefix}-shop:dev-shared-latest`).inspect();
    const running = await inspect(container("tst", "shared-shop"));
    expect(running.Image).toBe(built.Id);
    expect(running.HostConfig.Mounts ?? []).toEqual([]);
    expect(running.Config.Env).toEqual(
      expect.arrayContaining(["BERTH_ENVIRONMENT=tst", "BERTH_DEV_MODE=false"]),
    );
  });

  it("runs in pro by the digest that tst runs, pulled from the registry", async () => {
    await make("promote", "APP=all", "TO=pro");
    expect(promoted("pro").image).toBe(promoted("tst").image);
    expect(promoted("pro").image).toMatch(/^localhost:\d+\/[a-z0-9-]+@sha256:[0-9a-f]{64}$/);
    const run = await berth("run", "shop", "--env", "pro");
    if (run.exitCode !== 0) throw new Error(`berth run: ${run.stdout}${run.stderr}`);
    expect(await versionIn("pro")).toBe("one");
    const [tst, pro] = await Promise.all([
      inspect(container("tst", "shared-shop")),
      inspect(container("pro", "shared-shop")),
    ]);
    expect(pro.Image).toBe(tst.Image);
    expect(await make("verify", "ENV=pro")).toMatch(/ok +http:\/\/shop\.pro\.localhost/);
  });

  it("leaves dev unchanged, although its proxy is in more networks now, also after a refresh", async () => {
    const pulumi = (command: string) =>
      checkout.run("bash", ["-c", `eval "$(make -s env)" && pulumi ${command} --non-interactive`]);
    const refreshed = await pulumi("refresh --yes --skip-preview");
    expect(refreshed.exitCode).toBe(0);
    const { stdout } = await pulumi("preview --expect-no-changes");
    expect(stdout).toMatch(/Resources:\n +\d+ unchanged/);
  });

  it("changes nothing when tst and pro are brought up again", async () => {
    for (const environment of ["tst", "pro"] as const) {
      const before = (await inspect(container(environment, "shared-shop"))).Id;
      const text = await make("up", `ENV=${environment}`);
      expect(text).toMatch(/Resources:\n +\d+ unchanged/);
      expect((await inspect(container(environment, "shared-shop"))).Id).toBe(before);
    }
  });
});

describe("a secret that an app names", () => {
  const manifest = (): string => path.join(checkout.folder, "examples/shop/berth.yaml");
  const secret = async (): Promise<string> => {
    const name = container("tst", "shared-shop");
    return (await checkout.run("docker", ["exec", name, "cat", "/run/secrets/berth/stripe-key"])).stdout;
  };
  const set = (value: string): Promise<CommandResult> => {
    const command = `pulumi config set --secret --path 'berth:appSecrets["stripe-key"]' --stack tst`;
    const line = `eval "$(make -s env ENV=tst)" && printf ${value} | ${command}`;
    return checkout.run("bash", ["-c", line]);
  };
  let without = "";
  beforeAll(() => {
    without = fs.readFileSync(manifest(), "utf8");
    fs.appendFileSync(manifest(), "secrets: [stripe-key]\n");
  });
  afterAll(() => fs.writeFileSync(manifest(), without));

  it("and that has no value ends the command before anything is touched, with the command that gives one", async () => {
    const before = await inspect(container("tst", "shared-shop"));
    const { exitCode, stderr } = await berth("run", "shop", "--env", "tst");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /\nberth: 'pulumi up' of tst failed: app 'shop' asks for a secret without a value/,
    );
    expect(stderr).toContain(`config set --secret --path 'berth:appSecrets["stripe-key"]' --stack tst`);
    expect((await inspect(container("tst", "shared-shop"))).Id).toBe(before.Id);
  });

  it("is a file in the container; Ctrl-C on the way leaves no lock, and the next command goes on", async () => {
    expect(await set("first")).toMatchObject({ exitCode: 0 });
    const interrupted = await checkout.run("bash", [
      ...["-c", INTERRUPT_IN_UPDATE, path.join(checkout.folder, ".berth/interrupted.log")],
      ...(await berthWords("run", "shop", "--env", "tst")),
    ]);
    expect(interrupted.exitCode).toBe(130);
    expect(interrupted.stderr).toMatch(
      /berth: ended by SIGINT; what is half done, the next command puts right/,
    );
    expect(fs.readdirSync(path.join(checkout.folder, ".berth/lock"))).not.toContain("tst.json");
    expect(await berth("run", "shop", "--env", "tst")).toMatchObject({ exitCode: 0 });
    expect(await secret()).toBe("first");
  });
});

describe("what runs in dev", () => {
  /** A program for node that says whether a TCP connection can be made. */
  const probe = (host: string, port: number): string =>
    `const s=require("net").connect({host:"${host}",port:${port},timeout:3000});` +
    `s.on("connect",()=>{console.log("reached");process.exit()});` +
    `s.on("timeout",()=>{console.log("silence");process.exit()});` +
    `s.on("error",e=>{console.log(e.code);process.exit()});`;

  const fromDev = async (host: string, port: number): Promise<string> => {
    const name = container("dev", "01-shop");
    const { stdout } = await checkout.run("docker", ["exec", name, "node", "-e", probe(host, port)]);
    return stdout.trim();
  };

  it.each([
    ["postgres", 5432],
    ["redis", 6379],
  ])("reaches its own %s, and pro's neither by name nor by address", async (role, port) => {
    expect(await fromDev(container("dev", role), port)).toBe("reached");
    expect(await fromDev(container("pro", role), port)).toMatch(/ENOTFOUND|EAI_AGAIN/);
    const { NetworkSettings } = await inspect(container("pro", role));
    const address = NetworkSettings.Networks[container("pro", "network")]?.IPAddress ?? "";
    expect(address).toMatch(/^10\./);
    expect(await fromDev(address, port)).toMatch(/silence|EHOSTUNREACH|ENETUNREACH|ECONNREFUSED/);
  });

  it("does not get to pro's Postgres through the proxy that both use", async () => {
    const { proxyUrl } = await outputsOf("dev");
    const { port } = new URL(proxyUrl);
    for (const host of [container("pro", "postgres"), `${container("pro", "postgres")}.localhost`]) {
      expect((await ask(`http://${host}:${port}/`)).status).toBe(404);
    }
  });
});

describe("a rollback", () => {
  it("brings back the digest before, in one command, and the next one returns", async () => {
    const first = promoted("tst").image;
    write("two");
    await make("build", "APP=shop");
    expect(await berth("promote", "shop", "--to", "tst", "--from", "shared")).toMatchObject({ exitCode: 0 });
    const second = promoted("tst").image;
    expect(second).not.toBe(first);
    const run = await berth("run", "shop", "--env", "tst", "--json");
    expect(run).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(run.stdout)).toMatchObject({ app: "shop", environment: "tst", image: second });
    expect(await versionIn("tst")).toBe("two");
    expect(await versionIn("pro")).toBe("one");

    await make("rollback", "APP=shop", "ENV=tst");
    expect(promoted("tst")).toMatchObject({ image: first, previousImage: second });
    expect(await versionIn("tst")).toBe("one");
  });
});

describe("what tst and pro refuse", () => {
  const shop = { path: "examples/shop" };

  it("an app that was never promoted, with the commands that bring it there", async () => {
    const { exitCode, stderr } = await berth("run", "ledger", "--env", "tst");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("run 'berth build ledger', then 'berth promote ledger --to tst'");
    const missing = await berth("promote", "shop", "--to", "tst", "--tag", "never-built");
    expect(missing.stderr).toContain("run 'berth build shop' first");
  });

  it("an image that the engine does not have ends up before anything is touched; a preview without engine warns", async () => {
    const before = await inspect(container("tst", "shared-shop"));
    const right = configOf("tst")["berth:apps"];
    checkout.configure("apps", [{ ...shop, image: `sha256:${"c".repeat(64)}` }], "tst");
    const output = await fail("up", ["ENV=tst"]);
    expect(output).toContain("make promote APP=shop TO=tst");
    expect((await inspect(container("tst", "shared-shop"))).Id).toBe(before.Id);
    const engine = { DOCKER_HOST: "unix:///nonexistent/docker.sock" };
    const { exitCode, stdout } = await checkout.run("make", ["preview", "ENV=tst"], engine);
    expect(stdout).toMatch(/warning: .*make promote APP=shop TO=tst/s);
    expect(exitCode).toBe(0);
    checkout.configure("apps", right, "tst");
  });

  it.each([
    ["live source", { mounts: ["src"], image: undefined }, "mounts is for dev only"],
    ["a tag", { image: "shop:latest" }, "not a tag"],
  ])("%s in pro is refused by up and by preview", async (_, change, message) => {
    const right = configOf("pro")["berth:apps"];
    const [app] = right as Record<string, unknown>[];
    const changed = Object.entries({ ...app, ...change }).filter(([, value]) => value !== undefined);
    checkout.configure("apps", [{ image: app?.image, ...Object.fromEntries(changed) }], "pro");
    expect(await fail("up", ["ENV=pro"])).toContain(message);
    expect(await fail("preview", ["ENV=pro"])).toContain(message);
    checkout.configure("apps", right, "pro");
  });

  it("a stack that says it is another environment is refused", async () => {
    const right = configOf("pro")["berth:environment"];
    checkout.configure("environment", "dev", "pro");
    expect(await fail("preview", ["ENV=pro"])).toContain("a stack is named like its environment");
    checkout.configure("environment", right, "pro");
  });
});

describe("taking tst down", () => {
  it("leaves dev and pro as they are, and no network behind", async () => {
    const before = await inspect(container("pro", "shared-shop"));
    const down = await berth("down-infra", "--env", "tst", "--json");
    expect([down.exitCode, JSON.parse(down.stdout)]).toEqual([0, { environment: "tst", down: true }]);
    expect((await listEngine(container("tst", ""))).networks).toEqual([]);
    expect((await inspect(container("pro", "shared-shop"))).Id).toBe(before.Id);
    await askUntil(await pageOf("pro"), ({ status }) => status === 200, 5_000);
  });
});

describe("pro on a host of its own", () => {
  let engine: OwnEngine;

  beforeAll(async () => {
    engine = await OwnEngine.start();
    const { subnet } = configOf("pro")["berth:network"] as { subnet: string };
    await engine.allowWithin(subnet);
    await make("purge", "ENV=pro", "YES=1");
  });
  afterAll(async () => {
    try {
      await make("purge", "ENV=pro", "YES=1");
    } finally {
      await engine.remove();
    }
  });

  it("pulls from dev's registry what tst runs, and serves it by a proxy of its own", async () => {
    const { registryAddress, registryUsername } = await outputsOf("dev");
    const httpPort = await freePort();
    checkout.configure("host", {}, "pro");
    checkout.configure("engine", { host: engine.host, socketPath: engine.socket }, "pro");
    checkout.configure("proxy", { httpPort }, "pro");
    const external = { address: registryAddress, username: registryUsername };
    checkout.configure("registry", { external }, "pro");
    const password =
      "pulumi stack output registryPassword --show-secrets --stack dev | tr -d '\\n' | " +
      "pulumi config set --secret berth:registryPassword --stack pro";
    const set = await checkout.run("bash", [
      "-c",
      `eval "$(make -s env ENV=pro)" && pulumi stack init pro && ${password}`,
    ]);
    expect(set).toMatchObject({ exitCode: 0 });

    await make("promote", "APP=all", "TO=pro");
    expect(await make("up", "ENV=pro")).toContain(`http://shop.pro.localhost:${httpPort}`);
    expect(await make("verify", "ENV=pro")).toMatch(/ok +http:\/\/shop\.pro\.localhost/);
    const there = await engine.docker.listContainers();
    expect(there.map(({ Names }) => Names[0]?.slice(1)).sort()).toEqual(
      ["postgres", "proxy", "proxy-routes", "redis", "shared-shop"].map((rest) => container("pro", rest)),
    );
    expect((await listEngine(container("pro", ""))).containers).toEqual([]);
    expect(await make("up", "ENV=pro")).toMatch(/Resources:\n +\d+ unchanged/);
  });
});
