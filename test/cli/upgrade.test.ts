import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { version } from "../../package.json";
import { EXIT } from "../../cli/failure";
import { CLI, ensureBundle } from "../../scripts/toolchain-parts/bundles";
import { runCommand, type CommandResult } from "../support/run-command";

jest.setTimeout(30_000);

let registry: http.Server;
let home: string;
let newest = "99.0.0";
/** Path and login of every request. */
const asked: string[] = [];

beforeAll(async () => {
  await ensureBundle(CLI);
  registry = http.createServer(({ url, headers }, answer) => {
    asked.push(`${url} ${headers.authorization ?? "without a login"}`);
    if (url !== "/@team%2fberth") return void answer.writeHead(404).end("{}");
    const versions = { [newest]: { name: "@team/berth", version: newest, dist: {} } };
    answer.end(JSON.stringify({ name: "@team/berth", "dist-tags": { latest: newest }, versions }));
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
});
afterAll(() => registry.close());
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "btest-upgrade-"));
  asked.length = 0;
});
afterEach(() => fs.rmSync(home, { recursive: true }));

const address = (): string => `127.0.0.1:${(registry.address() as AddressInfo).port}`;

/** Nothing of what npm tells to what it starts, such as this test. */
function ofNpm(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => /^npm_/i.test(name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

function check(environment: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  const own = { HOME: home, BERTH_HOME: path.join(home, ".berth") };
  return runCommand(process.execPath, [CLI.file, "upgrade-check", "--json"], {
    environment: { ...ofNpm(), ...own, ...environment },
  });
}

function switchedOn(npmrc = "", name = "@team/berth"): void {
  fs.mkdirSync(path.join(home, ".berth"));
  fs.writeFileSync(path.join(home, ".berth/config.yaml"), `upgradeCheck: "${name}"\n`);
  fs.writeFileSync(path.join(home, ".npmrc"), npmrc);
}

it("asks nobody until config.yaml names the package", async () => {
  fs.writeFileSync(path.join(home, ".npmrc"), `registry=http://${address()}/\n`);
  const { exitCode, stdout } = await check();
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, { version, checked: false }]);
  expect(asked).toEqual([]);
});

it("asks the registry of the scope that .npmrc names, with its token", async () => {
  switchedOn(`@team:registry=http://${address()}/\n//${address()}/:_authToken=hunter2\n`);
  const { exitCode, stdout } = await check();
  expect([exitCode, JSON.parse(stdout)]).toEqual([
    0,
    { version, checked: true, latest: newest, isNewest: false },
  ]);
  expect(asked).toEqual(["/@team%2fberth Bearer hunter2"]);
});

it("asks the one of npm_config_registry, and says where this is the newest version", async () => {
  switchedOn();
  newest = version;
  const { stdout } = await check({ npm_config_registry: `http://${address()}/` });
  expect(JSON.parse(stdout)).toEqual({ version, checked: true, latest: version, isNewest: true });
  expect(asked).toHaveLength(1);
});

it("says why it cannot be told, and how the registry is named", async () => {
  switchedOn(`registry=http://${address()}/\n`, "other");
  const missing = await check();
  expect(missing.exitCode).toBe(EXIT.unreachable);
  expect(missing.output).toMatch(
    /the newest version of other cannot be asked for: .*\n?.*npm config get registry/s,
  );
  const noNpm = await check({ PATH: home });
  expect(noNpm.output).toContain("there is no npm on PATH");
});
