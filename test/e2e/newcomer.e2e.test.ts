import { createHash, X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import Docker from "dockerode";
import { z } from "zod";
import { toolchainRoot } from "../../scripts/lib/paths";
import { makeCheckout, type Checkout } from "../support/checkout";
import { admin } from "../support/developer";
import { runCommand, type CommandResult } from "../support/run-command";
import { ask, askUntil } from "../support/web";

// One story, told in order: from `make up` to two developers with an app each, and everything down again.
jest.setTimeout(15 * 60_000);

const outputs = z.object({ caCertPem: z.string(), onboardingUrl: z.string() });
const started = z.object({ url: z.string() });
const listed = z.array(z.object({ app: z.string(), state: z.string(), sync: z.string() }));

/** A developer's own machine: a home folder and a copy of the shop's sources, and nothing of the project but the command. */
class Laptop {
  readonly home = fs.mkdtempSync(path.join(os.tmpdir(), "btest-newcomer-"));
  readonly shop = path.join(this.home, "work", "shop");
  url = "";

  constructor(
    private readonly checkout: Checkout,
    readonly devId: string,
  ) {
    const source = path.join(checkout.folder, "examples/shop");
    const filter = (file: string): boolean => path.basename(file) !== "node_modules";
    fs.cpSync(source, this.shop, { recursive: true, filter });
  }

  berth(...words: string[]): Promise<CommandResult> {
    const environment = {
      ...{ HOME: this.home, BERTH_HOME: "", BERTH_SERVER: "", BERTH_DEV_ID: "" },
      // Mutagen is built once for all tests of this project.
      BERTH_TOOLCHAIN_ROOT: toolchainRoot,
    };
    return runCommand(path.join(this.checkout.folder, "bin/berth"), words, {
      folder: this.shop,
      environment,
    });
  }

  /** What a command prints; its whole output is the error where it fails. */
  async succeed(...words: string[]): Promise<string> {
    const { exitCode, output, stdout } = await this.berth(...words);
    if (exitCode !== 0) throw new Error(`berth ${words.join(" ")} ended with ${exitCode}:\n${output}`);
    return stdout;
  }

  /** The SHA-256 of every file of the shop, by its path. */
  files(): Record<string, string> {
    const names = fs.readdirSync(this.shop, { recursive: true, withFileTypes: true });
    return Object.fromEntries(
      names
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => path.join(parentPath, name))
        .map((file) => [
          path.relative(this.shop, file),
          createHash("sha256").update(fs.readFileSync(file)).digest("hex"),
        ]),
    );
  }
}

let checkout: Checkout;
let one: Laptop;
let two: Laptop;

beforeAll(async () => {
  checkout = await makeCheckout();
  checkout.configure("apps", []);
  checkout.configure("registry", { enabled: false });
  await checkout.letDevelopersIn();
  one = new Laptop(checkout, "01");
  two = new Laptop(checkout, "02");
});
afterAll(async () => {
  for (const laptop of [one, two]) {
    await laptop.berth("dev", "down", "--containers");
    fs.rmSync(laptop.home, { recursive: true, force: true });
  }
  const purged = await checkout.run("make", ["purge", "YES=1", "DEVELOPERS=remove"]);
  checkout.remove();
  if (purged.exitCode !== 0) throw new Error(`purge failed:\n${purged.stdout}\n${purged.stderr}`);
  const filters = { label: [`berth.stack=${checkout.namePrefix}-dev`] };
  expect(await new Docker().listImages({ all: true, filters })).toEqual([]);
});

async function runningContainersOf(devId: string): Promise<string[]> {
  const start = `/${checkout.namePrefix}-dev-${devId}-`;
  const containers = await new Docker().listContainers();
  return containers.map(({ Names }) => Names[0] ?? "").filter((name) => name.startsWith(start));
}

describe("a newcomer", () => {
  it("comes in with a PIN after make up", async () => {
    const up = await checkout.run("make", ["up"]);
    if (up.exitCode !== 0) throw new Error(`make up failed: ${up.stdout}${up.stderr}`);
    const { stdout } = await checkout.run("make", ["-s", "outputs"]);
    const { caCertPem, onboardingUrl } = outputs.parse(JSON.parse(stdout));
    const fingerprint = new X509Certificate(caCertPem).fingerprint256;
    for (const laptop of [one, two]) {
      const words = ["pin", "create", "--dev-id", laptop.devId, "--json"];
      const { pin } = JSON.parse((await admin(checkout, words)).stdout) as { pin: string };
      const options = ["--dev-id", laptop.devId, "--server", onboardingUrl, "--ca-fingerprint", fingerprint];
      await laptop.succeed("dev", "init", ...options, "--pin", pin);
    }
  });

  it("runs the shop live, at the same time as another and each at an address of their own", async () => {
    const laptops = [one, two];
    const runs = await Promise.all(
      laptops.map((laptop) => laptop.succeed("run", "shop", "--reload", "--json")),
    );
    for (const [index, laptop] of laptops.entries()) {
      laptop.url = started.parse(JSON.parse(runs[index] ?? "")).url;
      expect(new URL(laptop.url).hostname).toBe(`shop.${laptop.devId}.localhost`);
      const { status, body } = await ask(laptop.url);
      expect(status).toBe(200);
      expect(body).toContain("Harbour shop");
    }
  });

  it("sees an edit at once, and the other does not", async () => {
    const page = path.join(one.shop, "public/index.html");
    fs.writeFileSync(page, fs.readFileSync(page, "utf8").replaceAll("Harbour shop", "Newcomer's shop"));
    await askUntil(one.url, ({ body }) => body.includes("Newcomer's shop"), 10_000);
    expect((await ask(two.url)).body).toContain("Harbour shop");
  });

  it("sees a changed program answer after its restart", async () => {
    const file = path.join(one.shop, "src/http/router.ts");
    const text = fs.readFileSync(file, "utf8");
    const health = new URL("/health", one.url).href;
    fs.writeFileSync(file, text.replace('"ok"', '"edited live"'));
    expect(fs.readFileSync(file, "utf8")).not.toBe(text);
    await askUntil(health, ({ body }) => body.includes("edited live"), 20_000);
  });

  it("runs the tests and the linter where the app runs, with their exit code", async () => {
    expect((await one.berth("test", "shop")).output).toMatch(/pass/i);
    expect((await one.berth("test", "shop")).exitCode).toBe(0);
    fs.writeFileSync(
      path.join(one.shop, "test/unit/fails.test.ts"),
      'import assert from "node:assert";\nimport { test } from "node:test";\ntest("fails", () => assert.fail("on purpose"));\n',
    );
    const failing = await one.berth("test", "shop");
    expect(failing.exitCode).not.toBe(0);
    expect(failing.output).toContain("on purpose");
    fs.rmSync(path.join(one.shop, "test/unit/fails.test.ts"));
  });

  it("reads the log and sees what runs", async () => {
    expect(await one.succeed("logs", "shop")).not.toBe("");
    const mine = listed.parse(JSON.parse(await one.succeed("ps", "--json")));
    expect(mine).toEqual([{ app: "shop", state: "healthy", sync: "watching" }]);
  });

  it("finds everything in order with the doctor", async () => {
    const { exitCode, output } = await one.berth("doctor");
    expect(output).not.toMatch(/\bfail\b/i);
    expect(exitCode).toBe(0);
  });

  it("takes everything down again and has all files as they were", async () => {
    const before = one.files();
    await one.succeed("dev", "down", "--containers");
    expect(await runningContainersOf("01")).toEqual([]);
    expect(one.files()).toEqual(before);
    expect((await ask(two.url)).status).toBe(200);
  });

  it("starts again where they stopped", async () => {
    const before = one.files();
    await one.succeed("run", "shop", "--reload");
    await askUntil(one.url, ({ body }) => body.includes("Newcomer's shop"), 10_000);
    expect(one.files()).toEqual(before);
  });
});
