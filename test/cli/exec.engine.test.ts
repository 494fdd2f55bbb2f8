import { ExecLab, until } from "./exec-lab";
import { Laptop } from "./laptop";

jest.setTimeout(20_000);

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

let lab: ExecLab;
let laptop: Laptop;
let place: string[];
beforeAll(async () => {
  lab = await ExecLab.start();
  laptop = await lab.cli.onboarded("01");
  const workspace = lab.workspace(FILES);
  place = ["--workspace", workspace];
  await lab.run(laptop, workspace, "node", "server.js");
}, 60_000);
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
    const { exitCode, output } = await laptop.shell(
      "echo 'hostname; echo fehler >&2; exit 7' | $BERTH shell shop",
    );
    expect([exitCode, output]).toEqual([7, expect.stringMatching(/^[0-9a-f]{12}\nfehler\n$/)]);
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
