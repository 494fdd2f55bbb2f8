import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Archive, Asset, UNKNOWN } from "../../../plugins/kit/types";
import { commandPlugin } from "../../../plugins/command/plugin";
import {
  secret,
  startPlugin,
  urnOf,
  type PlainProperties,
  type PluginClient,
} from "../../support/plugin-client";

const COMMAND = "command:local:Command";
const RUN = "command:local:run";

describe("a local command", () => {
  let plugin: PluginClient;
  let dir: string;
  beforeEach(async () => {
    plugin = await startPlugin(commandPlugin);
    dir = mkdtempSync(join(tmpdir(), "btest-command-"));
  });
  afterEach(async () => {
    await plugin.close();
    rmSync(dir, { recursive: true });
  });

  async function create(inputs: PlainProperties): Promise<PlainProperties> {
    return (await plugin.create(COMMAND, inputs)).state;
  }

  it("runs create through the shell and keeps what it prints, without the last line end", async () => {
    const made = await plugin.create(COMMAND, { create: "echo out; echo; echo err >&2" }, { name: "greet" });
    expect(made.id).toMatch(/^greet[0-9a-f]{8}$/);
    expect(made.state).toEqual({ create: "echo out; echo; echo err >&2", stdout: "out\n", stderr: "err" });
  });

  it("takes interpreter, folder, environment and standard input", async () => {
    const state = await create({
      create: 'process.stdin.on("data", (d) => console.log(process.cwd(), process.env.WHO, String(d)))',
      interpreter: [process.execPath, "-e"],
      dir,
      environment: { WHO: "me" },
      stdin: "typed",
    });
    expect(state["stdout"]).toBe(`${dir} me typed`);
  });

  it("does nothing where no command is given", async () => {
    expect(await create({})).toEqual({ stdout: "", stderr: "" });
  });

  it("runs update, which sees what was printed before, and create where there is none", async () => {
    const inputs = { create: "echo first; echo warned >&2" };
    const known = await plugin.create(COMMAND, inputs);
    const update = 'echo "second after $PULUMI_COMMAND_STDOUT, $PULUMI_COMMAND_STDERR"';
    const next = await plugin.update(COMMAND, { ...known, oldInputs: inputs, inputs: { ...inputs, update } });
    expect(next["stdout"]).toBe("second after first, warned");
    const again = { create: 'echo "again after $PULUMI_COMMAND_STDOUT"' };
    const rerun = await plugin.update(COMMAND, { ...known, oldInputs: inputs, inputs: again });
    expect(rerun["stdout"]).toBe("again after first");
    const alone = { ...again, addPreviousOutputInEnv: false };
    const without = await plugin.update(COMMAND, { ...known, oldInputs: inputs, inputs: alone });
    expect(without["stdout"]).toBe("again after ");
    const nothing = await plugin.update(COMMAND, { ...known, oldInputs: inputs, inputs: {} });
    expect(nothing).toEqual({ stdout: "first", stderr: "warned" });
  });

  it("runs delete with the old state", async () => {
    const file = join(dir, "gone");
    const inputs = {
      create: "echo name",
      delete: `echo "$PULUMI_COMMAND_STDOUT $WHO" > ${file}`,
      environment: { WHO: "me" },
    };
    await plugin.delete(COMMAND, await plugin.create(COMMAND, inputs));
    expect(readFileSync(file, "utf8")).toBe("name me\n");
  });

  it("logs line by line to the resource, as logging says", async () => {
    const logged = async (logging?: string) => {
      plugin.lines.length = 0;
      await create({ create: "printf 'a\\nb'; sleep 0.1; echo c >&2", ...(logging && { logging }) });
      return plugin.lines.filter((line) => line.urn === urnOf(COMMAND)).map((line) => line.message);
    };
    expect((await logged()).sort()).toEqual(["a", "b", "c"]);
    expect(await logged("stdout")).toEqual(["a", "b"]);
    expect(await logged("stderr")).toEqual(["c"]);
    expect(await logged("none")).toEqual([]);
    const refused = await plugin.check(COMMAND, { logging: "all" });
    expect(refused.failures[0]?.reason).toContain("must be one of stdout, stderr, stdoutAndStderr, none");
  });

  it("finds the files that it left", async () => {
    mkdirSync(join(dir, "src"));
    writeFileSync(join(dir, "src", "secret.js"), "");
    const state = await create({
      create: "echo hi > src/index.js; mkdir -p assets/logos; echo logo > assets/logos/logo.svg",
      dir,
      assetPaths: ["assets/**", "src/**.js", "!**secret.*"],
      archivePaths: ["src/*.js"],
    });
    expect(Object.keys(state["assets"] as object).sort()).toEqual(["assets/logos/logo.svg", "src/index.js"]);
    expect((state["assets"] as Record<string, Asset>)["src/index.js"]?.source).toEqual({
      path: join(dir, "src/index.js"),
      hash: "98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4",
    });
    expect(Object.keys((state["archive"] as Archive).source.assets ?? {})).toEqual([
      "src/index.js",
      "src/secret.js",
    ]);
  });

  it("makes its output secret when an input is", async () => {
    const state = await create({ create: "echo $PASSWORD", environment: { PASSWORD: secret("hunter2") } });
    expect(state).toMatchObject({ stdout: secret("hunter2"), environment: secret({ PASSWORD: "hunter2" }) });
    expect(JSON.stringify(plugin.lines)).not.toContain("hunter2");
  });

  it("fails with the command, its end and its last lines, without secrets", async () => {
    const failing = create({
      create: "echo before; echo no $PASSWORD >&2; exit 3",
      environment: { PASSWORD: secret("hunter2") },
    });
    await expect(failing).rejects.toThrow(
      'the command "echo before; echo no $PASSWORD >&2; exit 3" failed: it ended with exit code 3\nbefore\nno [secret]',
    );
    await expect(create({ create: "x", interpreter: ["/no/such/program"] })).rejects.toThrow(
      'either the program "/no/such/program" or the folder',
    );
    await expect(create({ create: "kill -9 $$" })).rejects.toThrow("it was ended by SIGKILL");
    await expect(
      create({ create: "i=0; while [ $i -lt 99 ]; do echo line $i; i=$((i+1)); done; exit 1" }),
    ).rejects.toThrow("(59 lines before)\nline 59\n");
  });

  it("ends with all that it started when the deployment is cancelled", async () => {
    const marker = join(dir, "alive");
    const running = create({ create: `(sleep 2; touch ${marker}) & echo started; wait` });
    const failed = expect(running).rejects.toThrow("the deployment was cancelled");
    while (!plugin.lines.some((line) => line.message === "started"))
      await new Promise((next) => setTimeout(next, 10));
    await plugin.cancel();
    await failed;
    await new Promise((next) => setTimeout(next, 2200));
    expect(existsSync(marker)).toBe(false);
  });

  it("ends when its custom timeout passes", async () => {
    const slow = plugin.create(COMMAND, { create: "sleep 30" }, { timeoutSeconds: 0.2 });
    await expect(slow).rejects.toThrow("create did not finish within 0.2 s");
  });

  it("tells in a preview what it will be given, and runs nothing", async () => {
    const file = join(dir, "ran");
    const inputs: PlainProperties = { create: `touch ${file}`, triggers: [UNKNOWN] };
    const made = await plugin.create(COMMAND, inputs, { preview: true });
    expect(made.state).toEqual({
      ...inputs,
      stdout: UNKNOWN,
      stderr: UNKNOWN,
      assets: UNKNOWN,
      archive: UNKNOWN,
    });
    expect(existsSync(file)).toBe(false);
  });

  it("finds its files again in a refresh, in which the engine tells hashes only", async () => {
    const inputs = { create: "echo a > a.txt", dir, assetPaths: ["*.txt"], archivePaths: ["*.txt"] };
    const known = await plugin.create(COMMAND, inputs);
    const { hash } = (known.state["assets"] as Record<string, Asset>)["a.txt"]!.source;
    const elided = { ...known.state, assets: { "a.txt": new Asset({ hash }) }, archive: new Archive({}) };
    const seen = await plugin.read(COMMAND, known.id, { state: elided, inputs });
    expect(seen?.state).toEqual(known.state);
    const kept = await plugin.update(COMMAND, {
      ...known,
      state: elided,
      oldInputs: inputs,
      inputs: { dir },
    });
    expect(kept["assets"]).toEqual(known.state["assets"]);
  });

  it("keeps its state in a refresh and refuses an import", async () => {
    const inputs = { create: "echo a" };
    const known = await plugin.create(COMMAND, inputs);
    expect(await plugin.read(COMMAND, known.id, { state: known.state, inputs })).toEqual({
      ...known,
      inputs,
    });
    await expect(plugin.read(COMMAND, "x")).rejects.toThrow("cannot be imported");
  });

  it("runs as a function at every call", async () => {
    const { result } = await plugin.invoke(RUN, {
      command: "echo $A",
      environment: { A: "1" },
      dir,
      assetPaths: ["*"],
    });
    expect(result).toEqual({
      command: "echo $A",
      environment: { A: "1" },
      dir,
      assetPaths: ["*"],
      stdout: "1",
      stderr: "",
      assets: {},
    });
    const hidden = await plugin.invoke(RUN, { command: secret("echo hush") });
    expect(hidden.result).toMatchObject({ stdout: secret("hush"), command: secret("echo hush") });
    expect((await plugin.invoke(RUN, {})).failures[0]?.property).toBe("command");
    await expect(plugin.invoke(RUN, { command: "exit 2" })).rejects.toThrow("exit code 2");
  });
});
