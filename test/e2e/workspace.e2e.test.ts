import { randomBytes, X509Certificate } from "node:crypto";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Browser } from "playwright-core";
import { z } from "zod";
import { CLI, ensureBundle } from "../../scripts/toolchain-parts/bundles";
import { Laptop } from "../cli/laptop";
import { makeCheckout, type Checkout, type CommandResult } from "../support/checkout";
import { admin } from "../support/developer";
import { Editor, startBrowser } from "../support/editor";
import { runCommand } from "../support/run-command";
import { ask, askUntil } from "../support/web";

// One story, told in order, and the only one with the whole image: its build takes minutes where the engine has no layer of it.
jest.setTimeout(15 * 60_000);

const FOLDER = "/workspace/projects/demo";
const EDITED = "/* Written in the browser. */ console.log(6 * 7);";
/** Where the page's picture goes (docs/images/workspace.png). */
const SCREENSHOT = process.env.WORKSPACE_SCREENSHOT;
/** An image that is there already, to spare its build. */
const BUILT = process.env.WORKSPACE_IMAGE;
const outputs = z.object({ caCertPem: z.string(), onboardingUrl: z.string() });
const made = z.object({ url: z.string(), action: z.string(), milliseconds: z.number() });

let checkout: Checkout;
let laptop: Laptop;
let browser: Browser;
let container: string;
let image: string;
let url: string;
const canary = `canary${randomBytes(12).toString("hex")}`;

beforeAll(async () => {
  await ensureBundle(CLI);
  browser = await startBrowser();
  checkout = await makeCheckout();
  checkout.configure("apps", []);
  checkout.configure("registry", { enabled: false });
  image = `${checkout.namePrefix}-dev-workspace:latest`;
  if (BUILT !== undefined) docker("tag", BUILT, image);
  checkout.configure("workspaces", { image: BUILT === undefined ? "build" : image });
  await checkout.letDevelopersIn();
  laptop = new Laptop(fs.mkdtempSync(path.join(os.tmpdir(), "btest-workspace-")), "01");
  container = `${checkout.namePrefix}-dev-01-mine`;
  const up = await checkout.run("make", ["up"]);
  if (up.exitCode !== 0) throw new Error(`make up failed: ${up.stdout}${up.stderr}`);
  await onboard();
});
afterAll(async () => {
  await browser.close();
  await checkout.run("make", ["workspace", "DO=delete"]);
  const purged = await checkout.run("make", ["purge", "YES=1", "DEVELOPERS=remove"]);
  fs.rmSync(laptop.home, { recursive: true, force: true });
  checkout.remove();
  if (purged.exitCode !== 0) throw new Error(`purge failed:\n${purged.stdout}\n${purged.stderr}`);
});

async function onboard(): Promise<void> {
  const { caCertPem, onboardingUrl } = outputs.parse(
    JSON.parse((await checkout.run("make", ["-s", "outputs"])).stdout),
  );
  const words = ["pin", "create", "--dev-id", "01", "--json"];
  const { pin } = JSON.parse((await admin(checkout, words)).stdout) as { pin: string };
  await berth(...laptop.initWords(onboardingUrl, pin, new X509Certificate(caCertPem).fingerprint256));
}

/** What a command prints. @throws Error with its whole output where it fails. */
async function berth(...words: string[]): Promise<string> {
  const { exitCode, output, stdout } = await laptop.berth(...words);
  if (exitCode !== 0) throw new Error(`berth ${words.join(" ")} ended with ${exitCode}:\n${output}`);
  return stdout;
}

async function create(): Promise<z.output<typeof made>> {
  return made.parse(JSON.parse(await berth("workspace", "create", "mine", "--secret", "canary", "--json")));
}

const docker = (...words: string[]): string =>
  execFileSync("docker", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const inside = (line: string): string => docker("exec", container, "sh", "-c", line).trim();
const content = (file: string): string => inside(`cat ${FOLDER}/${file} 2>/dev/null || true`);

async function until(file: string, wanted: string): Promise<void> {
  for (let tries = 0; tries < 100 && content(file) !== wanted; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(content(file)).toBe(wanted);
}

describe("a developer's workspace on the shared host", () => {
  it("opens in a browser through the proxy: a file is edited, a terminal runs a command", async () => {
    const set = await laptop.shell(`printf ${canary} | $BERTH secrets set canary`);
    expect(set.exitCode).toBe(0);
    ({ url } = await create());
    expect(new URL(url).hostname).toBe("mine.01.localhost");
    const opened: unknown = JSON.parse(await berth("workspace", "open", "mine", "--json"));
    expect(opened).toMatchObject({ workspace: "mine", url, tunnel: false });
    inside(`mkdir -p ${FOLDER} && echo 'console.log(6 * 7);' > ${FOLDER}/hello.mjs`);
    const password = await berth("secrets", "get", "editor-password", "--app", "mine");
    const editor = await Editor.open(browser, url, password.trim(), FOLDER);
    // On one line: the editor goes on with a comment on the next, once it knows the language.
    await editor.edit("hello.mjs", "/* Written in the browser. */ ");
    await until("hello.mjs", EDITED);
    await editor.run("node hello.mjs | tee answer.txt");
    await until("answer.txt", "42");
    if (SCREENSHOT !== undefined) await editor.screenshot(SCREENSHOT);
    await editor.close();
  });

  it("has what was written after stop and start, and on a rebuilt image", async () => {
    await berth("workspace", "stop", "mine");
    expect((await ask(`${url}healthz`)).status).not.toBe(200);
    await berth("workspace", "start", "mine");
    expect(content("hello.mjs")).toBe(EDITED);
    const before = docker("inspect", "--format", "{{.Image}}", container);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-rebuilt-"));
    fs.writeFileSync(path.join(folder, "Dockerfile"), `FROM ${image}\nRUN date > /tmp/rebuilt\n`);
    docker("build", "--no-cache", "--tag", image, folder);
    fs.rmSync(folder, { recursive: true });
    expect((await create()).action).toBe("replaced");
    expect(docker("inspect", "--format", "{{.Image}}", container)).not.toBe(before);
    expect(content("hello.mjs")).toBe(EDITED);
    await askUntil(`${url}healthz`, ({ status }) => status === 200, 10_000);
  });

  it("lets ssh in by its key through the gateway, and nobody by a password, as root or by an old algorithm", async () => {
    const config = path.join(laptop.home, "ssh-config");
    fs.writeFileSync(config, await berth("workspace", "ssh-config", "mine"));
    const ssh = async (...words: string[]): Promise<[number, string]> => {
      const { exitCode, output } = await runCommand("ssh", ["-F", config, ...words], {
        environment: laptop.environment,
      });
      return [exitCode, output.trim()];
    };
    expect(await ssh("mine.berth", "id -un")).toEqual([0, "dev"]);
    const byPassword = [
      "-o",
      "PubkeyAuthentication=no",
      "-o",
      "PasswordAuthentication=yes",
      "-o",
      "BatchMode=yes",
    ];
    expect(await ssh(...byPassword, "mine.berth", "id")).toEqual([
      255,
      expect.stringContaining("Permission denied (publickey)"),
    ]);
    expect(await ssh("-l", "root", "mine.berth", "id")).toEqual([
      255,
      expect.stringContaining("Permission denied (publickey)"),
    ]);
    const old = ["-o", "KexAlgorithms=diffie-hellman-group14-sha1"];
    expect(await ssh(...old, "mine.berth", "id")).toEqual([
      255,
      expect.stringContaining("no matching key exchange method"),
    ]);
  });

  it("shows its secrets to nobody but itself", async () => {
    expect(inside("cat /run/berth/secrets/canary")).toBe(canary);
    const shown = [
      docker("history", "--no-trunc", docker("inspect", "--format", "{{.Image}}", container).trim()),
      docker("inspect", container),
      docker("top", container, "-eo", "pid,args"),
      docker("logs", container),
      docker("logs", `${checkout.namePrefix}-dev-gateway`),
      docker("exec", `${checkout.namePrefix}-dev-gateway`, "sh", "-c", "cat /var/lib/berth/audit/*"),
    ];
    expect(shown.filter((text) => text.includes(canary))).toEqual([]);
    const stored = await runCommand("grep", [
      "-rlF",
      canary,
      laptop.berthHome,
      path.join(checkout.folder, ".berth"),
    ]);
    expect(stored.stdout).toBe("");
  });

  it("keeps its volume when it is destroyed, and loses it where that is asked for", async () => {
    await berth("workspace", "destroy", "mine", "--yes");
    expect(docker("volume", "ls", "-q")).toContain(`${container}-workspace`);
    await berth("workspace", "destroy", "mine", "--delete-data", "--yes");
    expect(docker("volume", "ls", "-q")).not.toContain(`${container}-workspace`);
  });
});

describe("make workspace", () => {
  const workspace = async (...words: string[]): Promise<CommandResult> => {
    const result = await checkout.run("make", ["-s", "workspace", ...words]);
    if (result.exitCode !== 0)
      throw new Error(`make workspace ${words.join(" ")}: ${result.stdout}${result.stderr}`);
    return result;
  };

  it("brings one up for the operator, prints its URL, and leaves the checkout clean", async () => {
    const { stdout } = await workspace(`IMAGE=${image}`);
    const [, page = ""] = /^open +(http\S+)$/m.exec(stdout) ?? [];
    expect((await ask(`${page}healthz`)).status).toBe(200);
    expect(checkout.gitStatus()).toBe("");
    const file = path.join(checkout.folder, ".berth/workspaces/operator-mine.password");
    const editor = await Editor.open(browser, page, fs.readFileSync(file, "utf8"), "/workspace/projects");
    await editor.close();
    const kept = ["-rlF", fs.readFileSync(file, "utf8"), ".berth/state", "workspaces"];
    expect((await runCommand("grep", kept, { folder: checkout.folder })).stdout).toBe("");
  });

  it("takes it away and keeps its volume", async () => {
    await workspace("DO=destroy");
    expect(docker("ps", "-a", "--format", "{{.Names}}")).not.toContain(
      `${checkout.namePrefix}-dev-operator-mine`,
    );
    expect(docker("volume", "ls", "-q")).toContain(`${checkout.namePrefix}-dev-operator-mine-workspace`);
  });
});
