import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EXIT } from "../../../cli/failure";
import { ageIdentity } from "../../../cli/secrets/age";
import { BASE_IMAGE } from "../../../scripts/base-image-parts/names";
import { Mutagen } from "../../../cli/mutagen/mutagen";
import { toolchainRoot } from "../../../scripts/lib/paths";
import { ensureMutagen } from "../../../scripts/toolchain-parts/mutagen";
import { ensureProgram } from "../../plugins/docker/support/programs";
import { runCommand, type CommandResult } from "../../support/run-command";
import { CliLab } from "../cli-lab";
import { Laptop } from "../laptop";

interface Report {
  checks: { check: string; state: string; what: string; fix?: string; mended?: string }[];
}

let lab: CliLab;
let developer: Laptop;
let ci: Laptop;
beforeAll(async () => {
  lab = await CliLab.start();
  await lab.makeNetwork();
  const labels = { env: "dev", owner: "shared", stack: `${lab.prefix}-dev` };
  for (const role of ["postgres", "redis"]) {
    const flags = Object.entries({ ...labels, role }).flatMap(([key, value]) => [
      "--label",
      `berth.${key}=${value}`,
    ]);
    const health = [
      "--health-cmd",
      role === "redis" ? "false" : "true",
      "--health-interval",
      "1s",
      "--health-retries",
      "1",
    ];
    await lab.host(
      "run",
      "-d",
      "--name",
      `${lab.prefix}-dev-${role}`,
      ...flags,
      ...health,
      BASE_IMAGE,
      "sleep",
      "600",
    );
  }
  developer = await lab.onboarded("01");
  ci = await lab.onboarded("ci1", "ci");
});
afterAll(() => lab.dispose());

/** A module that makes a program's clock late. */
function laterBy(milliseconds: number): string {
  const file = path.join(lab.folder, "later.mjs");
  fs.writeFileSync(file, `const now = Date.now; Date.now = () => now() + ${milliseconds};\n`);
  return file;
}

/** Away from this project, which is a checkout itself. */
const away = (laptop: Laptop, ...words: string[]): Promise<CommandResult> =>
  laptop.shell(`cd ${lab.folder} && $BERTH ${words.join(" ")}`);

/** A folder that looks like a checkout of Berth, as far as it is looked at before a role is. */
function checkoutLike(): string {
  const folder = path.join(lab.folder, "checkout");
  fs.mkdirSync(path.join(folder, "scripts"), { recursive: true });
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: berth\n");
  fs.writeFileSync(path.join(folder, "scripts", "drive.ts"), "");
  return folder;
}

async function until<T>(ask: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const value = await ask();
    if (isRight(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

describe("a developer", () => {
  it("who brings the shared services up is told whose that is, with the state of each", async () => {
    const { exitCode, output } = await until(
      () => developer.berth("up-infra", "--checkout", checkoutLike()),
      ({ output: text }) => / unhealthy/.test(text) && / healthy/.test(text),
    );
    expect(exitCode).toBe(EXIT.refused);
    expect(output).toMatch(new RegExp(`postgres +${lab.prefix}-dev-postgres +healthy`));
    expect(output).toMatch(new RegExp(`redis +${lab.prefix}-dev-redis +unhealthy`));
    expect(output).toContain("is the operator's: the certificate of 01 has the role developer");
  });

  it("gets the same facts as JSON, and no checkout is needed for that", async () => {
    const { exitCode, stdout } = await away(developer, "down-infra", "--json");
    expect(exitCode).toBe(EXIT.refused);
    const { services } = JSON.parse(stdout) as { services: { service: string }[] };
    expect(services.map(({ service }) => service)).toEqual(["postgres", "redis"]);
  });

  it.each([
    ["run", ["run", "shop", "--env", "tst"]],
    ["promote", ["promote", "shop", "--to", "pro"]],
  ])("cannot %s in tst or pro, and learns how to get the role", async (_, words) => {
    const { exitCode, output } = await away(developer, ...words);
    expect(exitCode).toBe(EXIT.refused);
    expect(output).toContain("takes the role ci or operator");
    expect(output).toContain("make pin DEV=01 ROLE=ci");
  });

  it("is told that live source is for dev", async () => {
    const { exitCode, output } = await developer.berth("run", "shop", "--env", "pro", "--reload", "--debug");
    expect(exitCode).toBe(EXIT.usage);
    expect(output).toContain("--reload, --debug are for --env dev: pro runs the image that was promoted");
  });
});

describe("CI", () => {
  it("needs a checkout, and learns how to name one", async () => {
    const { exitCode, output } = await away(ci, "promote", "shop", "--to", "tst");
    expect(exitCode).toBe(EXIT.usage);
    expect(output).toContain("--checkout or BERTH_CHECKOUT");
    const wrong = await ci.berth("run", "shop", "--env", "tst", "--checkout", lab.folder);
    expect(wrong.output).toContain("is no checkout of Berth");
  });

  it("on a checkout without its packages is told to get them", async () => {
    const { output } = await ci.berth("run", "shop", "--env", "tst", "--checkout", checkoutLike());
    expect(output).toContain("has no npm packages yet: run `make toolchain` there");
  });
});

describe("berth doctor", () => {
  const report = async (...words: string[]): Promise<Record<string, Report["checks"][number]>> => {
    const { stdout } = await away(developer, "doctor", "--json", ...words);
    return Object.fromEntries((JSON.parse(stdout) as Report).checks.map((check) => [check.check, check]));
  };

  it("looks at everything, and says what to do", async () => {
    const { exitCode, output } = await away(developer, "doctor");
    expect(exitCode).toBe(EXIT.failed);
    for (const check of [
      ...[
        "user",
        "certificate",
        "clock",
        "server",
        "gateway",
        "engine",
        "network",
        "services",
        "names",
        "ports",
      ],
      ...[
        "docker command",
        "mutagen",
        "mutagen daemon",
        "sync",
        "disk here",
        "disk on the host",
        "orphans",
        "stack",
      ],
    ]) {
      expect(output).toMatch(new RegExp(`^(ok|warn|fail|skipped) +${check} `, "m"));
    }
    expect(output).toContain("services: ask the operator: berth up-infra");
  });

  it("finds what is right", async () => {
    const found = await report();
    expect(found.certificate?.what).toMatch(/^01, role developer, until .*\(29 days\)$/);
    expect(found.gateway?.what).toContain(`lets you in as developer of ${lab.prefix}-dev`);
    for (const name of ["certificate", "clock", "server", "gateway", "engine", "network", "orphans"])
      expect([name, found[name]?.state]).toEqual([name, "ok"]);
    expect(found.services).toMatchObject({ state: "fail", what: `${lab.prefix}-dev-redis is unhealthy` });
  });

  it("mends what loses nothing, and leaves the rest", async () => {
    fs.chmodSync(developer.berthHome, 0o755);
    expect((await report()).user).toMatchObject({ state: "warn", fix: `chmod 700 ${developer.berthHome}` });
    const { user, services } = await report("--fix");
    expect(user).toMatchObject({
      state: "ok",
      mended: expect.stringContaining("closed to others") as string,
    });
    expect(services?.state).toBe("fail");
    expect(fs.statSync(developer.berthHome).mode & 0o777).toBe(0o700);
  });

  it("gets Mutagen anew where it is missing, does not start, or has no agents, and starts its daemon", async () => {
    const bin = path.join(developer.berthHome, "bin");
    // Built once for all tests of this project.
    await ensureMutagen(path.join(toolchainRoot, "mutagen"));
    const breakIt: [RegExp, () => void][] = [
      [/is not in .*\.berth, does not start/, () => fs.rmSync(bin, { recursive: true, force: true })],
      [/does not start/, () => replace("mutagen", "#!/bin/sh\nexit 1\n")],
      [/Mutagen's agents, cannot be read/, () => replace("mutagen-agents.tar.gz", "cut off")],
    ];
    const replace = (name: string, content: string): void => {
      fs.rmSync(path.join(bin, name));
      fs.writeFileSync(path.join(bin, name), content, { mode: 0o700 });
    };
    for (const [what, broken] of breakIt) {
      broken();
      expect((await report()).mutagen).toMatchObject({
        state: "fail",
        what: expect.stringMatching(what) as string,
      });
      const { mutagen, "mutagen daemon": daemon } = await report("--fix");
      expect(mutagen).toMatchObject({
        state: "ok",
        mended: expect.stringMatching(/downloaded|built/) as string,
      });
      expect(daemon?.state).toBe("ok");
    }
    const own = new Mutagen(developer.berthHome);
    await own.startDaemon();
    await own.stopDaemon();
    while (await own.isRunning()) await sleep(50);
    expect((await report())["mutagen daemon"]).toMatchObject({ state: "warn" });
    const { "mutagen daemon": daemon } = await report("--fix");
    expect(daemon).toMatchObject({ state: "ok", mended: expect.stringContaining("started") as string });
    await own.stopDaemon();
  });

  it("removes what an ended command left half made, and nothing that may be at work or holds data", async () => {
    const label = (name: string): string[] => ["--label", name];
    const own = [
      "berth.owner=01",
      "berth.env=dev",
      `berth.stack=${lab.prefix}-dev`,
      "berth.via=gateway",
    ].flatMap(label);
    const make = (name: string, ...more: string[]): Promise<string> =>
      lab.host("create", "--name", `${lab.prefix}-dev-01-${name}`, ...own, ...more, BASE_IMAGE, "true");
    await make("shop", ...label("org.berth.spec-hash=1"), ...label("berth.app=shop"));
    await make("shop-once-1", ...label("org.berth.throw-away=shop-once"));
    await make("own");
    const volume = (...more: string[]): Promise<string> => lab.host("volume", "create", ...own, ...more);
    const [packages, data] = [await volume(...label("org.berth.from-image=true")), await volume()];
    // Nobody makes the engine's clock go faster; what is looked at is the age that the command sees.
    const later = { ...developer.environment, NODE_OPTIONS: `--import ${laterBy(20 * 60_000)}` };
    const doctor = async (...words: string[]): Promise<Report["checks"][number] | undefined> => {
      const command = ["-c", `cd ${lab.folder} && node ${Laptop.bundle} doctor --json ${words.join(" ")}`];
      const { stdout } = await runCommand("sh", command, { environment: later });
      return (JSON.parse(stdout) as Report).checks.find(({ check }) => check === "orphans");
    };
    expect((await report()).orphans).toMatchObject({
      state: "warn",
      what: expect.stringContaining("no app of this workspace") as string,
    });
    expect((await doctor())?.what).toMatch(/left by a command that was ended: .*shop/);
    expect(await doctor("--fix")).toMatchObject({
      state: "ok",
      mended: expect.stringMatching(/removed .*shop-once-1.*, volume [0-9a-f]{12}$/) as string,
    });
    const volumes = (await lab.host("volume", "ls", "--quiet")).split("\n");
    expect(volumes).toContain(data);
    expect(volumes).not.toContain(packages);
    const left = await lab.host(
      "ps",
      "-a",
      "--filter",
      `name=${lab.prefix}-dev-01`,
      "--format",
      "{{.Names}}",
    );
    expect(left).toBe(`${lab.prefix}-dev-01-own`);
  });

  it("works without an identity, and names how to get one", async () => {
    const { exitCode, output } = await away(lab.laptop("07"), "doctor", "--dev-id", "07");
    expect(exitCode).toBe(EXIT.failed);
    expect(output).toContain("developer 07 has no identity here");
    expect(output).toContain("berth dev init");
  });
});

describe("berth secrets", () => {
  const workspace = (): string => {
    fs.mkdirSync(path.join(lab.folder, "workspace"), { recursive: true });
    return path.join(lab.folder, "workspace");
  };

  it("takes the value from standard input, and gives it back", async () => {
    const set = await developer.shell("printf 'sk_live_1\\n' | $BERTH secrets set stripe-key");
    expect(set).toMatchObject({ exitCode: 0 });
    expect(set.output).not.toContain("sk_live");
    expect((await developer.berth("secrets", "get", "stripe-key")).stdout).toBe("sk_live_1\n");
    const list = await developer.berth("secrets", "list", "--workspace", workspace());
    expect(list.stdout).toMatch(/stripe-key +all +user/);
    expect(list.stdout).not.toContain("sk_live");
  });

  it("warns of --value, and refuses what is empty or no key", async () => {
    expect((await developer.berth("secrets", "set", "token", "--value", "x")).output).toContain(
      "list of processes",
    );
    const empty = await developer.shell("$BERTH secrets set token < /dev/null");
    expect(empty).toMatchObject({ exitCode: EXIT.usage });
    expect(empty.output).toContain("the value of token is empty");
    expect((await developer.berth("secrets", "get", "../x")).exitCode).toBe(EXIT.usage);
    expect((await developer.berth("secrets", "rm", "none")).output).toContain("there is no secret none");
  });

  it("of the project are shared by recipients, and age itself opens them", async () => {
    const place = ["--workspace", workspace()];
    const other = await lab.onboarded("02");
    await developer.shell(
      `printf shared | $BERTH secrets set api-token --project --workspace ${workspace()}`,
    );
    const refused = await other.berth("secrets", "get", "api-token", "--project", ...place);
    const advice = /berth secrets recipients add 02 (age1\w+)/.exec(refused.output);
    expect(advice?.[1]).toBeDefined();
    await developer.berth("secrets", "recipients", "add", "02", advice?.[1] ?? "", ...place);
    expect((await other.berth("secrets", "get", "api-token", "--project", ...place)).stdout).toBe("shared\n");

    await ensureProgram("age", "age");
    const file = path.join(workspace(), "berth.secrets.json");
    const { secrets } = JSON.parse(fs.readFileSync(file, "utf8")) as {
      secrets: Record<string, { sealed: string }>;
    };
    const { secretsEncryption } = JSON.parse(other.read("server.json")) as { secretsEncryption: string };
    fs.writeFileSync(
      path.join(lab.folder, "sealed"),
      Buffer.from(secrets["api-token"]?.sealed ?? "", "base64"),
    );
    fs.writeFileSync(path.join(lab.folder, "identity"), (await ageIdentity(secretsEncryption)).identity);
    const opened = await other.shell(`age -d -i ${lab.folder}/identity ${lab.folder}/sealed`);
    expect(JSON.parse(opened.stdout)).toEqual({ key: "api-token", value: "shared" });
  });
});
