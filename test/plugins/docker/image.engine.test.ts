import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UNKNOWN } from "../../../plugins/kit/types";
import { definition } from "../../../plugins/docker/definition";
import { joinFrames } from "../../../plugins/docker/container/logs";
import { startPlugin, type PlainProperties, type PluginClient } from "../../support/plugin-client";
import { Lab } from "./support/lab";
import { changes, check, IMAGE, make, refresh, update } from "./support/steps";

const lab = new Lab();
let plugin: PluginClient;
let base: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "btest-build-"));
  [plugin, base] = await Promise.all([startPlugin(definition), lab.importImage("base")]);
});
afterAll(async () => {
  await plugin.close();
  await lab.dispose();
  await rm(folder, { recursive: true });
});

/** A context of its own, so that tests do not meet in the builder's cache. */
async function context(
  role: string,
  dockerfile: string,
  files: Record<string, string> = {},
): Promise<string> {
  const path = await mkdtemp(join(folder, `${role}-`));
  for (const [name, content] of Object.entries({ Dockerfile: dockerfile, ...files })) {
    await writeFile(join(path, name), content);
  }
  return path;
}

const lines = () => plugin.lines.map(({ message }) => message).join("\n");
const run = async (image: string, command: string[]): Promise<string> => {
  const container = await lab.docker.createContainer({
    Image: image,
    Cmd: command,
    name: lab.name(`run-${Date.now()}`),
  });
  await container.start();
  await container.wait();
  const output = await container.logs({ stdout: true, stderr: true });
  await container.remove({ force: true });
  return joinFrames(output).toString().trim();
};

/** Command lines of all processes of this machine, on which the engine runs too. */
async function processes(): Promise<string> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  // A process may end while it is looked at.
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")));
  return lines.join("\n");
}

describe.each(["BuilderV1", "BuilderBuildKit"])("with %s", (builderVersion) => {
  const name = (role: string) => `${lab.name(`${role}-${builderVersion.toLowerCase()}`)}:v1`;
  const given = (role: string, path: string, build: PlainProperties = {}): PlainProperties => ({
    imageName: name(role),
    skipPush: true,
    build: { context: path, builderVersion, ...build },
  });

  test("an image is built from its context, and its log is told", async () => {
    const path = await context(
      "full",
      `FROM ${base} AS first\nARG WORD\nCOPY . /app/\nRUN echo building with $WORD && echo $WORD > /word\n` +
        `FROM first AS second\nRUN echo never\nFROM first AS wanted\nCMD ["cat", "/word", "/app/kept"]\n`,
      { ".dockerignore": "dropped\n", kept: "kept file", dropped: "x" },
    );
    const inputs = given("full", path, { args: { WORD: "hello" }, target: "wanted" });
    const made = await make(plugin, IMAGE, inputs);
    const found = await lab.docker.getImage(name("full")).inspect();
    expect(made).toMatchObject({
      id: name("full"),
      state: {
        imageName: name("full"),
        baseImageName: name("full"),
        context: path,
        dockerfile: "Dockerfile",
        registryServer: "",
        repoDigest: found.Id,
      },
    });
    expect(await run(name("full"), ["cat", "/word", "/app/kept"])).toBe("hello\nkept file");
    expect(await run(name("full"), ["ls", "/app"])).toBe("Dockerfile\nkept");
    expect(lines()).toContain("building with hello");
    expect(lines()).toMatch(new RegExp(`built ${name("full")} in \\d+ s`));
    expect(await changes(plugin, IMAGE, made, inputs)).toEqual({});
  });

  test("a failing step is told with its last lines", async () => {
    const path = await context(
      "failing",
      `FROM ${base}\nRUN echo fine\nRUN echo about to break; echo details >&2; false\n`,
    );
    const creation = make(plugin, IMAGE, given("failing", path));
    await expect(creation).rejects.toThrow(
      /cannot be built at unix:\/\/.*Failing step: .*RUN echo about to break/s,
    );
    await expect(creation).rejects.toThrow(/Its last lines:\n(.*\n)?.*(about to break|details)/);
  });

  test("a base image that is nowhere is told", async () => {
    const path = await context("no-base", `FROM 127.0.0.1:1/${lab.prefix}-none\n`);
    await expect(make(plugin, IMAGE, given("no-base", path))).rejects.toThrow(/127.0.0.1:1\/.*-none/);
  });

  test("a Dockerfile with a mistake is told", async () => {
    const path = await context("mistake", `FROM ${base}\nNONSENSE\n`);
    await expect(make(plugin, IMAGE, given("mistake", path))).rejects.toThrow(
      /unknown instruction: NONSENSE/i,
    );
  });

  test("extra hosts and the network reach the build", async () => {
    const path = await context(
      "hosts",
      `FROM ${base}\nRUN cat /etc/hosts > /hosts && ls /sys/class/net > /net\n`,
    );
    await make(
      plugin,
      IMAGE,
      given("hosts", path, { addHosts: ["btest.example.com:10.9.8.7"], network: "none" }),
    );
    expect(await run(name("hosts"), ["cat", "/hosts"])).toMatch(/10\.9\.8\.7\s+btest\.example\.com/);
    expect(await run(name("hosts"), ["cat", "/net"])).toBe("lo");
  });

  test("a Dockerfile from outside the context is used", async () => {
    const path = await context("outside", "FROM nowhere\n", { file: "content" });
    const dockerfile = join(folder, `outside-${builderVersion}.Dockerfile`);
    await writeFile(dockerfile, `FROM ${base}\nCOPY . /app/\n`);
    await make(plugin, IMAGE, given("outside", path, { dockerfile }));
    expect(await run(name("outside"), ["ls", "-A", "/app"])).toMatch(
      /^(\.dockerfile\.\w+\n)?Dockerfile\nfile$/,
    );
  });

  test("a changed context builds again, an unchanged one does not", async () => {
    const path = await context("changed", `FROM ${base}\nCOPY file /file\n`, { file: "one" });
    const inputs = given("changed", path);
    const made = await make(plugin, IMAGE, inputs);
    await writeFile(join(path, "file"), "two");
    expect(await changes(plugin, IMAGE, made, inputs)).toEqual({ "build.contextDigest": "update" });
    const updated = await update(plugin, IMAGE, made, inputs);
    expect(updated.state.repoDigest).not.toBe(made.state.repoDigest);
    expect(await run(name("changed"), ["cat", "/file"])).toBe("two");
    await lab.docker.getImage(made.state.repoDigest as string).remove({ force: true });
    expect(await changes(plugin, IMAGE, updated, inputs)).toEqual({});
  });

  test("an image that was removed by hand is built again, with and without a refresh", async () => {
    const path = await context("removed", `FROM ${base}\nLABEL removed=${builderVersion}\n`);
    const inputs = given("removed", path);
    const made = await make(plugin, IMAGE, inputs);
    await lab.docker.getImage(name("removed")).remove({ force: true });
    expect(await changes(plugin, IMAGE, made, inputs)).toEqual({ repoDigest: "update" });
    expect(await refresh(plugin, IMAGE, made)).toBeUndefined();
    const updated = await update(plugin, IMAGE, made, inputs);
    expect(await changes(plugin, IMAGE, updated, inputs)).toEqual({});
  });

  test("a cancelled build stops on the engine", async () => {
    const marker = `${lab.prefix}-${builderVersion}`;
    const path = await context(
      "cancelled",
      `FROM ${base}\nRUN echo btest started; sleep 600; echo ${marker}\n`,
    );
    const other = await startPlugin(definition);
    const inputs = await check(other, IMAGE, given("cancelled", path));
    const creation = expect(other.create(IMAGE, inputs)).rejects.toThrow(/was cancelled/);
    while (!other.lines.some(({ message }) => message === "btest started")) await sleep(50);
    const cancelledAt = Date.now();
    await other.cancel();
    await creation;
    expect(Date.now() - cancelledAt).toBeLessThan(8_000);
    await other.close();
    // Of a classic build a container would stay, of a BuildKit build its process.
    const left = async () => {
      const containers = await lab.docker.listContainers({ all: true });
      const commands = containers.map(({ Command: command }) => command);
      return [...commands, await processes()].filter((text) => text.includes(marker));
    };
    for (let attempt = 0; attempt < 100 && (await left()).length > 0; attempt++) await sleep(100);
    expect(await left()).toEqual([]);
  });
});

test("a preview builds nothing and leaves the digest open", async () => {
  const path = await context("preview", `FROM ${base}\n`);
  const inputs = await check(plugin, IMAGE, {
    imageName: lab.name("preview"),
    skipPush: true,
    build: { context: path },
  });
  const { state } = await plugin.create(IMAGE, inputs, { preview: true });
  expect(state).toMatchObject({
    imageName: lab.name("preview"),
    baseImageName: lab.name("preview"),
    dockerfile: "Dockerfile",
  });
  expect(typeof state.repoDigest).not.toBe("string");
  await expect(lab.docker.getImage(lab.name("preview")).inspect()).rejects.toMatchObject({ statusCode: 404 });
});

test("a preview builds where buildOnPreview asks for it, and pushes nothing", async () => {
  const path = await context("early", `FROM ${base}\nLABEL early=yes\n`);
  const given = {
    imageName: `127.0.0.1:1/${lab.name("early")}`,
    buildOnPreview: true,
    build: { context: path },
  };
  const inputs = await check(plugin, IMAGE, given);
  const { state } = await plugin.create(IMAGE, inputs, { preview: true });
  const found = await lab.docker.getImage(given.imageName).inspect();
  expect(state).toMatchObject({ imageName: given.imageName, repoDigest: found.Id });
});

test("a preview says so when too little is known to build", async () => {
  const path = await context("later", `FROM ${base}\n`);
  const given: PlainProperties = {
    imageName: lab.name("later"),
    skipPush: true,
    buildOnPreview: true,
    build: { context: path, args: { A: UNKNOWN } },
  };
  const inputs = await check(plugin, IMAGE, given);
  await plugin.create(IMAGE, inputs, { preview: true });
  expect(plugin.lines).toContainEqual(
    expect.objectContaining({
      severity: "warning",
      message: expect.stringContaining("the preview builds nothing") as string,
    }),
  );
});

test("deletion leaves the image, as the official plugin does", async () => {
  const path = await context("deleted", `FROM ${base}\nLABEL deleted=yes\n`);
  const made = await make(plugin, IMAGE, {
    imageName: lab.name("deleted"),
    skipPush: true,
    build: { context: path },
  });
  await plugin.delete(IMAGE, made);
  await expect(lab.docker.getImage(lab.name("deleted")).inspect()).resolves.toBeDefined();
});
