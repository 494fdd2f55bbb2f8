import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { projectRoot, pulumiHome as sharedHome } from "../../scripts/lib/paths";
import { installGo } from "../../scripts/toolchain-parts/go";
import { runCommand, type CommandResult } from "../support/run-command";
import { runOnClosedNetwork } from "./closed-network";

const DOCKER_PLUGIN = "resource-docker-v5.2.0";
let root: string;
let usersHome: string;
let plugins: string;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "btest-toolchain-"));
  usersHome = path.join(root, "users-home");
  plugins = path.join(root, "pulumi-home", "plugins");
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

/** The script on a host without network that has the engine, and nothing else of Pulumi, on PATH. */
function toolchain(environment: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  const onPath = path.join(root, "on-path");
  fs.mkdirSync(onPath, { recursive: true });
  if (!fs.existsSync(path.join(onPath, "pulumi"))) {
    fs.copyFileSync(path.join(sharedHome, "bin", "pulumi"), path.join(onPath, "pulumi"));
  }
  return runOnClosedNetwork("scripts/toolchain", [], {
    folder: projectRoot,
    environment: {
      BERTH_TOOLCHAIN: "",
      BERTH_TOOLCHAIN_ROOT: root,
      BERTH_DATA_ROOT: root,
      HOME: usersHome,
      PATH: `${onPath}${path.delimiter}${process.env.PATH ?? ""}`,
      ...environment,
    },
  });
}

/** A plugin folder as the official download leaves it: an executable and no bundle of ours. */
function writeOfficialPlugin(folder: string): void {
  fs.mkdirSync(path.join(folder, DOCKER_PLUGIN), { recursive: true });
  fs.writeFileSync(path.join(folder, DOCKER_PLUGIN, "pulumi-resource-docker"), "#!/bin/sh\n", {
    mode: 0o755,
  });
}

test("takes the engine from PATH and our own plugins, says so, and does nothing the second time", async () => {
  const first = await toolchain();
  expect(first.exitCode).toBe(0);
  expect(first.output).toMatch(/^engine 3\.256\.0: copied from PATH \(/m);
  expect(first.output).toMatch(/^language host nodejs 3\.256\.0: our own, installed \(/m);
  for (const plugin of ["docker 5.2.0", "tls 5.5.1", "command 1.2.1"]) {
    expect(first.output).toContain(`plugin ${plugin}: our own, installed (`);
  }
  const listed = await runCommand(path.join(root, "pulumi-home/bin/pulumi"), ["plugin", "ls", "--json"], {
    environment: { PULUMI_HOME: path.join(root, "pulumi-home"), PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  const found = (JSON.parse(listed.stdout) as { name: string; version: string }[]).map(
    ({ name, version }) => `${name} ${version}`,
  );
  expect(found).toEqual(expect.arrayContaining(["docker 5.2.0", "tls 5.5.1", "command 1.2.1"]));

  const bundle = path.join(plugins, DOCKER_PLUGIN, "berth-plugin.cjs");
  const { mtimeMs } = fs.statSync(bundle);
  const second = await toolchain();
  expect(second.exitCode).toBe(0);
  expect(second.output).not.toMatch(/copied|, installed|updated|built/);
  expect(fs.statSync(bundle).mtimeMs).toBe(mtimeMs);
});

test("repairs what an interrupted or damaged installation left", async () => {
  await toolchain();
  const bundle = path.join(plugins, DOCKER_PLUGIN, "berth-plugin.cjs");
  const whole = fs.readFileSync(bundle);
  fs.writeFileSync(bundle, "half of it");
  fs.renameSync(
    path.join(plugins, "resource-tls-v5.5.1"),
    path.join(plugins, ".incomplete-4194304-resource-tls-v5.5.1"),
  );
  const { exitCode, output } = await toolchain();
  expect(exitCode).toBe(0);
  expect(output).toContain("plugin docker 5.2.0: our own, updated");
  expect(output).toContain("plugin tls 5.5.1: our own, installed");
  expect(fs.readFileSync(bundle).equals(whole)).toBe(true);
  expect(fs.readdirSync(plugins).filter((name) => name.startsWith("."))).toEqual([]);
});

test("leaves official plugins alone, and takes them from the user's own Pulumi home", async () => {
  writeOfficialPlugin(plugins);
  const kept = await toolchain();
  expect(kept.output).toContain("plugin docker 5.2.0: official, already installed");
  expect(fs.readdirSync(path.join(plugins, DOCKER_PLUGIN))).toEqual(["pulumi-resource-docker"]);

  fs.rmSync(plugins, { recursive: true });
  writeOfficialPlugin(path.join(usersHome, ".pulumi", "plugins"));
  const copied = await toolchain();
  expect(copied.output).toContain("plugin docker 5.2.0: official, copied from ~/.pulumi");
  expect(fs.readdirSync(path.join(plugins, DOCKER_PLUGIN))).toEqual(["pulumi-resource-docker"]);
});

test("two runs at once do not disturb each other", async () => {
  const results = await Promise.all([toolchain(), toolchain()]);
  expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(results.filter(({ output }) => output.includes("another run is at work"))).toHaveLength(1);
  expect(results.filter(({ output }) => output.includes("copied from PATH"))).toHaveLength(1);
});

test("asked for downloads alone, a closed network fails in seconds and says why", async () => {
  const startedMs = Date.now();
  const { exitCode, output } = await toolchain({ BERTH_TOOLCHAIN: "download" });
  expect(exitCode).toBe(1);
  expect(output).toMatch(
    /error: engine 3\.256\.0 cannot be downloaded: https:\/\/get\.pulumi\.com\/ does not answer/,
  );
  expect(Date.now() - startedMs).toBeLessThan(15_000);
});

test("refuses a way that it does not know", async () => {
  const { exitCode, output } = await toolchain({ BERTH_TOOLCHAIN: "magic" });
  expect(exitCode).toBe(1);
  expect(output).toContain("BERTH_TOOLCHAIN=magic is no way to get the toolchain");
});

test("where no Go is installed, the module proxy's own one is fetched, checked, and runs", async () => {
  const folder = path.join(root, "go");
  await installGo(folder);
  const { stdout } = await runCommand(path.join(folder, "bin", "go"), ["version"], {
    environment: { GOTOOLCHAIN: "local" },
  });
  expect(stdout).toContain("go1.25.11");
}, 300_000);
