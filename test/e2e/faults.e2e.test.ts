import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { stringify } from "yaml";
import { makeCheckout, someSubnet, type Checkout, type CommandResult } from "../support/checkout";
import { freePort } from "../support/free-port";
import { OwnEngine } from "../support/own-engine";

// What goes wrong around an `up`, told in order on one stack: each failure ends by itself, names its culprit, leaves the rest as it
// was, and the next `up` converges.
jest.setTimeout(10 * 60_000);

/** Long enough for a busy machine, and no hang. */
const BOUND_MS = 4 * 60_000;

let checkout: Checkout;
let dataRoot: string;
let hasSmallDisk: boolean;

function make(target: string, ...settings: string[]): Promise<CommandResult> {
  return checkout.run("make", [target, ...settings]);
}

async function succeed(target: string, settings: string[] = [], env?: NodeJS.ProcessEnv): Promise<void> {
  const { exitCode, stdout, stderr } = await checkout.run("make", [target, ...settings], env);
  if (exitCode !== 0) throw new Error(`make ${target} ${settings.join(" ")}:\n${stdout}\n${stderr}`);
}

/** Waits for an `up` that must fail, and returns all that it said. */
async function failure(started: Promise<CommandResult>): Promise<string> {
  const startedMs = Date.now();
  const { exitCode, stdout, stderr } = await started;
  expect(exitCode).not.toBe(0);
  expect(Date.now() - startedMs).toBeLessThan(BOUND_MS);
  return stdout + stderr;
}

async function expectNoChanges(environment = "dev", env?: NodeJS.ProcessEnv): Promise<void> {
  const script = `eval "$(make -s env ENV=${environment})" && pulumi preview --non-interactive --expect-no-changes --diff`;
  const { exitCode, stdout, stderr } = await checkout.run("bash", ["-c", script], env);
  if (exitCode !== 0) throw new Error(`the next preview is not clean:\n${stdout}\n${stderr}`);
}

/** Ids by name of the stack's containers. */
async function containers(): Promise<Record<string, string>> {
  const filters = { label: [`berth.stack=${checkout.namePrefix}-dev`] };
  const all = await new Docker().listContainers({ all: true, filters });
  return Object.fromEntries(all.map(({ Names, Id }) => [Names[0]?.slice(1) ?? "", Id]));
}

async function untilThere(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 2 * 60_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`two minutes passed without: ${what}`);
    await sleep(50);
  }
}

/** A data root that holds a few megabytes, where this machine's user may make one. */
function mountSmallDisk(): boolean {
  fs.mkdirSync(dataRoot);
  return spawnSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", dataRoot]).status === 0;
}

beforeAll(async () => {
  checkout = await makeCheckout();
  checkout.configure("apps", [{ path: "examples/shop", developerId: "01" }]);
  checkout.configure("registry", { enabled: false });
  dataRoot = path.join(checkout.folder, ".berth");
  hasSmallDisk = mountSmallDisk();
});

afterAll(async () => {
  const purged = await checkout.run("make", ["purge"], { YES: "1" });
  if (hasSmallDisk) execFileSync("umount", [dataRoot]);
  checkout.remove();
  if (purged.exitCode !== 0) throw new Error(`purge failed:\n${purged.stdout}\n${purged.stderr}`);
});

describe("make up", () => {
  it("names the port that is taken; a second one meanwhile ends at once and names the first", async () => {
    const port = await freePort();
    const occupant = net.createServer().listen(port, "127.0.0.1");
    checkout.configure("proxy", { httpPort: port });
    try {
      let firstIsOver = false;
      const first = failure(make("up").finally(() => (firstIsOver = true)));
      await untilThere("the lock", () => fs.existsSync(path.join(dataRoot, "lock/dev.json")));

      const second = await failure(make("up"));
      expect(firstIsOver).toBe(false);
      expect(second).toMatch(
        /the stack 'dev' is locked: 'make up ENV=dev' of .* \(process \d+ on .*\) .* since/,
      );

      const said = await first;
      expect(said).toContain(`Port ${port} is in use by something on the host`);
      expect(said).toContain(`${checkout.namePrefix}-dev-proxy`);
    } finally {
      occupant.close();
    }
  });

  it("names the step of a broken Dockerfile, touches nothing that it is not about, and converges once it is mended", async () => {
    const before = await containers();
    const file = path.join(checkout.folder, "examples/shop/Dockerfile");
    const right = fs.readFileSync(file, "utf8");
    fs.writeFileSync(file, right.replace(/^(FROM .* AS dev)$/m, "$1\nRUN no-such-command --at-all"));
    const said = await failure(make("up"));
    expect(said).toContain("no-such-command --at-all");
    expect(said).toContain(`${checkout.namePrefix}-shop`);
    expect(await containers()).toMatchObject(before);

    fs.writeFileSync(file, right);
    await succeed("up");
    expect(await containers()).toMatchObject(before);
    await succeed("verify");
    await expectNoChanges();
  });

  it("names the disk that is full under the state, and converges once there is room", async () => {
    if (!hasSmallDisk) return;
    const before = await containers();
    const filler = path.join(dataRoot, "filler");
    const fill = () => spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=4k"]);
    fill();
    expect(await failure(make("up"))).toContain(`${dataRoot}/lock/dev.json: ENOSPC`);
    fs.rmSync(filler);

    checkout.configure("proxy", { httpPort: await freePort() });
    const locks = path.join(dataRoot, "state/.pulumi/locks/organization/berth/dev");
    const up = failure(make("up"));
    await untilThere("Pulumi's lock", () => fs.readdirSync(locks).length > 0);
    fill();
    const said = await up;
    expect(said).toContain("no space left on device");
    expect(said).toContain(`${dataRoot}/state`);
    const postgres = `${checkout.namePrefix}-dev-postgres`;
    expect((await containers())[postgres]).toBe(before[postgres]);

    fs.rmSync(filler);
    await succeed("up");
    expect((await containers())[postgres]).toBe(before[postgres]);
    await succeed("verify");
    await expectNoChanges();
  });
});

describe("an engine that is restarted in the middle of an up", () => {
  const roles = ["postgres", "redis", "proxy", "proxy-routes"];
  let engine: OwnEngine;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    engine = await OwnEngine.start();
    env = { DOCKER_HOST: engine.host };
    const images = roles.map((role) => `${checkout.namePrefix}-dev-${role}:latest`);
    await engine.load([...images, "berth-base:trixie"]);
    const ids = await Promise.all(
      images.map(async (name) => (await new Docker().getImage(name).inspect()).Id),
    );
    const config = {
      "berth:environment": "tst",
      "berth:namePrefix": checkout.namePrefix,
      "berth:engine": { host: engine.host, socketPath: engine.socket },
      "berth:network": { subnet: someSubnet() },
      "berth:proxy": { httpPort: await freePort() },
      "berth:serviceImages": Object.fromEntries(roles.map((role, at) => [role, { image: ids[at] }])),
    };
    fs.writeFileSync(path.join(checkout.folder, "Pulumi.tst.yaml"), stringify({ config }));
  });

  afterAll(async () => {
    const purged = await checkout.run("make", ["purge", "ENV=tst"], { YES: "1", ...env });
    await engine.remove();
    if (purged.exitCode !== 0) throw new Error(`purge failed:\n${purged.stdout}\n${purged.stderr}`);
  });

  it("is named, and the next up converges", async () => {
    const up = failure(checkout.run("make", ["up", "ENV=tst"], env));
    await untilThere(
      "a container",
      async () => (await engine.docker.listContainers({ all: true })).length > 0,
    );
    await engine.stop();
    await engine.start();
    const said = await up;
    expect(said).toContain(engine.host);
    // An engine that is just ending may still answer, and say that the socket which proxy-routes mounts is gone.
    expect(said).toMatch(/went away|bind source path does not exist: \S+docker\.sock/);

    await succeed("up", ["ENV=tst"], env);
    await succeed("verify", ["ENV=tst"], env);
    await expectNoChanges("tst", env);
  });
});
