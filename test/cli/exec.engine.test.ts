import { removeLeftOvers } from "../../cli/exec/throw-away";
import { openSession } from "../../cli/session";
import { ExecLab, until } from "./exec-lab";
import { Laptop } from "./laptop";

const FILES = {
  "package.json": JSON.stringify({
    scripts: {
      test: "node test.js",
      lint: "node wait.js",
      "test:integration": "node stubborn.js",
    },
  }),
  "package-lock.json": "{}",
  "server.js": `
    console.log("listening"); console.error("a warning");
    setInterval(() => console.log("tick"), 100);
    process.on("SIGTERM", () => process.exit(9));`,
  "test.js": `console.log("one passed"); console.error("two failed"); process.exit(42);`,
  "wait.js": `
    process.on("SIGINT", () => { console.log("interrupted"); process.exit(1); });
    console.log("waiting"); setInterval(() => {}, 1000);`,
  "stubborn.js": `
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => console.log("no: " + name));
    console.log("waiting"); setInterval(() => {}, 1000);`,
};

/** Another app, whose image has its tests in a stage of their own. */
const BUILT_FILES = {
  Dockerfile: `
ARG BERTH_RUNTIME_IMAGE=berth-runtime-node
FROM \${BERTH_RUNTIME_IMAGE} AS test
COPY package.json test.js wait.js ./
FROM \${BERTH_RUNTIME_IMAGE} AS runtime
COPY package.json ./
`,
  "package.json": JSON.stringify({ scripts: { test: "node test.js", lint: "node wait.js" } }),
  "test.js": `
    const { BERTH_ENVIRONMENT, BERTH_DEV_MODE } = process.env;
    console.log("saw", BERTH_ENVIRONMENT, BERTH_DEV_MODE, process.getuid()); process.exit(42);`,
  "wait.js": `console.log("waiting"); setInterval(() => {}, 1000);`,
};

let lab: ExecLab;
let laptop: Laptop;
let place: string[];
let tstPlace: string[];
beforeAll(async () => {
  lab = await ExecLab.start();
  laptop = await lab.cli.onboarded("01");
  const workspace = lab.workspace(FILES);
  place = ["--workspace", workspace];
  tstPlace = ["--workspace", lab.workspace(BUILT_FILES), "--env", "tst"];
  await lab.run(laptop, workspace, "node", "server.js");
  await build(laptop);
});
afterAll(() => lab.dispose());

describe("berth logs", () => {
  it("keeps the app's two outputs apart, and begins where it is told", async () => {
    const all = lab.start(laptop, ["logs", "shop"]);
    expect(await all.exit).toBe(0);
    expect(all.stdout()).toMatch(/^listening\ntick\n/);
    expect(all.stderr()).toBe("a warning\n");
    const last = await laptop.berth("logs", "shop", "--tail", "2");
    expect(last.stdout).toBe("tick\ntick\n");
  });

  it("follows until its reader has enough", async () => {
    const { exitCode, stdout } = await laptop.shell("$BERTH logs shop -f --since 1h | head -n 4");
    expect([exitCode, stdout.split("\n").length]).toEqual([0, 5]);
  });

  it("of an app that does not run names the command that runs it", async () => {
    const { exitCode, output } = await laptop.berth("logs", "nosuch");
    expect([exitCode, output]).toEqual([1, expect.stringContaining("berth run nosuch --reload")]);
  });

  it("of tst and pro are the operator's", async () => {
    const { exitCode, output } = await laptop.berth("logs", "shop", "--env", "tst");
    expect([exitCode, output]).toEqual([3, expect.stringContaining("its operator's")]);
    const labels = { env: "tst", owner: "shared", role: "app", stack: `${lab.cli.prefix}-tst` };
    const flags = Object.entries(labels).flatMap(([key, value]) => ["--label", `berth.${key}=${value}`]);
    const name = `${lab.cli.prefix}-tst-shared-shop`;
    await lab.cli.host("run", "-d", "--name", name, ...flags, lab.images.runtime, "echo", "from tst");
    const operator = await lab.cli.onboarded("90", "operator");
    expect((await operator.berth("logs", "shop", "--env", "tst")).stdout).toBe("from tst\n");
  });

  it("says that the gateway went away while it followed", async () => {
    const logs = lab.start(laptop, ["logs", "shop", "-f"]);
    await logs.says("tick");
    await lab.cli.stopGateway();
    expect(await logs.exit).toBe(4);
    expect(logs.stderr()).toContain("cannot be reached");
    await lab.cli.startGateway();
  });
});

describe("berth test in dev", () => {
  it("runs in the running container, with the test's own outputs and exit code", async () => {
    const test = lab.start(laptop, ["test", "shop", ...place]);
    expect(await test.exit).toBe(42);
    expect(test.stdout()).toContain("one passed");
    expect(test.stderr()).toContain("two failed");
  });

  it("without the script lists those that exist", async () => {
    const { exitCode, output } = await laptop.berth("test-e2e", "shop", ...place);
    expect(exitCode).toBe(1);
    expect(output).toContain("it has test, lint, test:integration");
  });

  it("ends the process inside on Ctrl-C, which may say goodbye", async () => {
    const lint = lab.start(laptop, ["lint", "shop", ...place]);
    await lint.says("waiting");
    lint.process.kill("SIGINT");
    expect(await lint.exit).toBe(130);
    expect(lint.stdout()).toContain("interrupted");
    expect(await lab.processes("shop")).not.toContain("wait.js");
  });

  it("ends one that does not want to on a second Ctrl-C", async () => {
    const test = lab.start(laptop, ["test-integration", "shop", ...place]);
    await test.says("waiting");
    test.process.kill("SIGINT");
    await test.says("no: SIGINT");
    test.process.kill("SIGINT");
    expect(await test.exit).toBe(130);
    expect(await lab.processes("shop")).not.toContain("stubborn.js");
  });

  it("ends the process inside when the command itself is killed", async () => {
    const test = lab.start(laptop, ["test-integration", "shop", ...place]);
    await test.says("waiting");
    test.process.kill("SIGKILL");
    await until(
      () => lab.processes("shop"),
      (text) => !text.includes("stubborn.js") && !text.includes("berth-leash"),
    );
  });
});

describe("berth shell", () => {
  it("reads commands from a pipe, and ends with the shell's exit code", async () => {
    const { exitCode, output, stdout } = await laptop.shell(
      "echo 'hostname; echo wrong >&2; exit 7' | $BERTH shell shop",
    );
    expect([exitCode, stdout]).toEqual([7, expect.stringMatching(/^[0-9a-f]{12}\n$/)]);
    expect(output).toContain("wrong\n");
  });

  it("at a terminal has its keys, its size and its changes, Ctrl-C and all", async () => {
    const line = `sh -c "stty rows 30 cols 90 </dev/tty; exec node ${Laptop.bundle} shell shop"`;
    const shell = lab.start(laptop, ["-qec", line, "/dev/null"], ["script"]);
    const type = (text: string): boolean => shell.process.stdin!.write(text);
    await shell.says("$");
    type("stty size; echo $TERM\n");
    await shell.says("30 90\r\n");
    type("sleep 1000; echo in''terrupted\n");
    await until(
      () => lab.processes("shop"),
      (text) => text.includes("sleep 1000"),
    );
    type("\x03");
    await until(
      () => lab.processes("shop"),
      (text) => !text.includes("sleep 1000"),
    );
    type("exit 5\n");
    expect(await shell.exit).toBe(5);
    expect(shell.stdout()).not.toContain("interrupted");
    expect(await lab.processes("shop")).not.toContain("berth-leash");
  });

  it("ends what runs in it when its terminal goes away", async () => {
    const line = `node ${Laptop.bundle} shell shop`;
    const shell = lab.start(laptop, ["-qec", line, "/dev/null"], ["script"]);
    await shell.says("$");
    shell.process.stdin!.write("sleep 2000\n");
    await until(
      () => lab.processes("shop"),
      (text) => text.includes("sleep 2000"),
    );
    shell.process.kill("SIGKILL");
    await until(
      () => lab.processes("shop"),
      (text) => !text.includes("sleep 2000"),
    );
  });
});

/** The stage with the tests, as the tag that the commands take. */
const build = async (as: Laptop): Promise<void> => {
  const [flag = "", workspace = ""] = tstPlace;
  await as.berthJson("build", "shop", flag, workspace, "--target", "test");
};

describe("berth test --env tst", () => {
  it("without the image names the command that builds it, and makes nothing", async () => {
    const { exitCode, output } = await laptop.berth("test", "shop", ...tstPlace, "--tag", "v2");
    expect([exitCode, output]).toEqual([1, expect.stringContaining("berth build shop --tag v2")]);
    expect(await lab.throwAways()).toBe("");
  });

  it("runs a developer's built image as tst would, in dev, in a container that is gone after", async () => {
    const test = lab.start(laptop, ["test", "shop", ...tstPlace]);
    expect(await test.exit).toBe(42);
    expect(test.stdout()).toContain("saw tst false 10001");
    expect(test.stderr()).toContain("tst itself is for the roles ci and operator");
    expect(await lab.throwAways()).toBe("");
  });

  it("is gone after Ctrl-C, too", async () => {
    const lint = lab.start(laptop, ["lint", "shop", ...tstPlace]);
    await lint.says("waiting");
    expect(await lab.throwAways()).toContain("berth.env=dev");
    lint.process.kill("SIGINT");
    expect(await lint.exit).toBe(130);
    expect(await lab.throwAways()).toBe("");
  });

  it.each(["SIGKILL", "SIGTERM"] as const)("is gone after %s of the command itself", async (signal) => {
    const lint = lab.start(laptop, ["lint", "shop", ...tstPlace]);
    await lint.says("waiting");
    lint.process.kill(signal);
    await until(
      () => lab.throwAways(),
      (text) => text === "",
    );
  });

  it("is in tst for ci, from the image's id", async () => {
    const ci = await lab.cli.onboarded("ci", "ci");
    await build(ci);
    const lint = lab.start(ci, ["lint", "shop", ...tstPlace]);
    await lint.says("waiting");
    const [name = ""] = (await lab.throwAways()).split(" ");
    const facts = await lab.cli.host("inspect", "-f", "{{.HostConfig.NetworkMode}} {{.Config.Image}}", name);
    expect(facts).toMatch(new RegExp(`^${lab.cli.prefix}-tst-network sha256:[0-9a-f]{64}$`));
    lint.process.kill("SIGINT");
    expect(await lint.exit).toBe(130);
    expect(await lab.throwAways()).toBe("");
  });

  it("cleans what a command left that was killed before the container started", async () => {
    await lab.docker(laptop, `docker create --label org.berth.throw-away=x ${lab.images.runtime}`);
    const session = await openSession({ home: laptop.berthHome, devId: "01" });
    await removeLeftOvers(session.engine);
    expect(await lab.throwAways()).not.toBe("");
    await removeLeftOvers(session.engine, Date.now() + 120_000);
    expect(await lab.throwAways()).toBe("");
  });
});

describe("berth shell --env tst", () => {
  it("is a shell in a container of its own", async () => {
    const { exitCode, stdout } = await laptop.shell(
      `echo 'ls; exit 3' | $BERTH shell shop ${tstPlace.join(" ")}`,
    );
    expect([exitCode, stdout]).toEqual([3, expect.stringContaining("package.json")]);
    expect(await lab.throwAways()).toBe("");
  });
});
