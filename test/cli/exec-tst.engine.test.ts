import { openSession } from "../../cli/session";
import { removeLeftOvers } from "../../cli/exec/throw-away";
import { ExecLab, until } from "./exec-lab";
import type { Laptop } from "./laptop";

jest.setTimeout(20_000);

const FILES = {
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
beforeAll(async () => {
  lab = await ExecLab.start();
  laptop = await lab.cli.onboarded("01");
  const workspace = lab.workspace(FILES);
  place = ["--workspace", workspace, "--env", "tst"];
}, 60_000);
afterAll(() => lab.dispose());

/** The stage with the tests, as the tag that the commands take. */
const build = async (as: Laptop): Promise<void> => {
  const [flag = "", workspace = ""] = place;
  await as.berthJson("build", "shop", flag, workspace, "--target", "test");
};

describe("berth test --env tst", () => {
  it("without the image names the command that builds it, and makes nothing", async () => {
    const { exitCode, output } = await laptop.berth("test", "shop", ...place, "--tag", "v2");
    expect([exitCode, output]).toEqual([1, expect.stringContaining("berth build shop --tag v2")]);
    expect(await lab.throwAways()).toBe("");
  });

  it("runs a developer's built image as tst would, in dev, in a container that is gone after", async () => {
    await build(laptop);
    const test = lab.start(laptop, ["test", "shop", ...place]);
    expect(await test.exit).toBe(42);
    expect(test.stdout()).toContain("saw tst false 10001");
    expect(test.stderr()).toContain("tst itself is for the roles ci and operator");
    expect(await lab.throwAways()).toBe("");
  });

  it("is gone after Ctrl-C, too", async () => {
    const lint = lab.start(laptop, ["lint", "shop", ...place]);
    await lint.says("waiting");
    expect(await lab.throwAways()).toContain("berth.env=dev");
    lint.process.kill("SIGINT");
    expect(await lint.exit).toBe(130);
    expect(await lab.throwAways()).toBe("");
  });

  it.each(["SIGKILL", "SIGTERM"] as const)("is gone after %s of the command itself", async (signal) => {
    const lint = lab.start(laptop, ["lint", "shop", ...place]);
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
    const lint = lab.start(ci, ["lint", "shop", ...place]);
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
      `echo 'ls; exit 3' | $BERTH shell shop ${place.join(" ")}`,
    );
    expect([exitCode, stdout]).toEqual([3, expect.stringContaining("package.json")]);
    expect(await lab.throwAways()).toBe("");
  });
});
