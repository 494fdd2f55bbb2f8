import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { commandPlugin } from "../../../plugins/command/plugin";
import { startPluginStack, type PluginStack } from "../../support/plugin-stack";
import { startSshServer, type SshServer } from "./ssh-server";

const PASSWORD = "correct-horse-battery";

describe("commands under the real Pulumi engine", () => {
  let stacks: PluginStack;
  let dir: string;
  let server: SshServer;
  beforeAll(async () => {
    stacks = await startPluginStack(commandPlugin);
    server = await startSshServer();
    dir = mkdtempSync(join(tmpdir(), "btest-commands-"));
  });
  afterAll(async () => {
    await stacks.close();
    server.stop();
    rmSync(dir, { recursive: true });
  });

  interface Options {
    greeting?: string;
    trigger?: number;
    text?: string;
  }
  const program =
    ({ greeting = "hello", trigger = 1, text = "one" }: Options = {}) =>
    () => {
      const first = new command.local.Command("first", {
        create: `echo made >> log; echo ${greeting} > out.txt; echo ${greeting}`,
        update: 'echo "updated after $PULUMI_COMMAND_STDOUT" >> log; echo updated',
        delete: "echo deleted >> log",
        dir,
        triggers: [trigger],
        environment: { GREETING: greeting },
        assetPaths: ["*.txt"],
        archivePaths: ["*.txt"],
      });
      new command.local.Command("second", {
        create: pulumi.interpolate`echo ${first.stdout}-again $PASSWORD`,
        environment: { PASSWORD: pulumi.secret(PASSWORD) },
      });
      const { port, user, privateKey } = server;
      const connection = { host: "127.0.0.1", port, user, privateKey };
      new command.remote.Command("remote", { create: "echo far", connection });
      new command.remote.CopyToRemote("copy", {
        connection,
        source: new pulumi.asset.StringAsset(text),
        remotePath: join(dir, "copied"),
      });
    };
  const log = () => readFileSync(join(dir, "log"), "utf8").trim().split("\n");

  it("live their whole life", async () => {
    let stack = await stacks.with(program());
    expect((await stack.preview()).changeSummary).toEqual({ create: 5 });
    expect(existsSync(join(dir, "log"))).toBe(false);
    const up = await stack.up();
    expect(up.summary.resourceChanges).toEqual({ create: 5 });
    expect(up.stdout).toContain("stands in for the official command v1.2.1");
    expect(log()).toEqual(["made"]);
    expect(readFileSync(join(dir, "copied"), "utf8")).toBe("one");

    const checkpoint = await stacks.checkpoint();
    expect(checkpoint).toContain("hello");
    for (const secret of [PASSWORD, server.privateKey.split("\n")[1]])
      expect(checkpoint).not.toContain(secret);
    expect(up.stdout).not.toContain(PASSWORD);

    expect((await stack.preview()).changeSummary).toEqual({ same: 5 });
    await stack.refresh();
    expect((await stack.preview()).changeSummary).toEqual({ same: 5 });

    stack = await stacks.with(program({ greeting: "hi", text: "two" }));
    expect((await stack.up()).summary.resourceChanges).toEqual({ same: 2, update: 3 });
    expect(log()).toEqual(["made", "updated after hello"]);
    expect(readFileSync(join(dir, "copied"), "utf8")).toBe("two");
    expect((await stack.preview()).changeSummary).toEqual({ same: 5 });

    stack = await stacks.with(program({ greeting: "hi", text: "two", trigger: 2 }));
    expect((await stack.preview()).changeSummary).toMatchObject({ replace: 1 });
    await stack.up();
    expect(log().slice(2)).toEqual(["made", "deleted"]);

    expect((await stack.destroy()).summary.result).toBe("succeeded");
    expect(log().slice(2)).toEqual(["made", "deleted", "deleted"]);
  });

  it("fail with their own words, and cannot be imported", async () => {
    const failing = await stacks.with(() => {
      const environment = { PASSWORD: pulumi.secret(PASSWORD) };
      new command.local.Command("bad", { create: "echo no $PASSWORD; exit 7", environment });
    });
    const error = String(await failing.up().catch((caught: unknown) => caught));
    expect(error).toContain("failed: it ended with exit code 7");
    expect(error).toContain("no [secret]");
    expect(error).not.toContain(PASSWORD);

    const importing = await stacks.with(() => {
      new command.local.Command("old", { create: "true" }, { import: "old12345678" });
    });
    await expect(importing.up()).rejects.toThrow("command:local:Command cannot be imported");
    await failing.destroy();
  });

  it("refuse a resource that the stand-in does not have", async () => {
    const stack = await stacks.with(() => {
      new command.remote.CopyFile("old", { connection: { host: "a" }, localPath: "a", remotePath: "b" });
    });
    await expect(stack.preview()).rejects.toThrow(
      "command:remote:CopyFile is not known to this stand-in for the command plugin",
    );
  });

  it("end with all they started when the deployment is cancelled", async () => {
    const [started, late] = [join(dir, "started"), join(dir, "late")];
    const stack = await stacks.with(() => {
      new command.local.Command("slow", { create: `touch ${started}; (sleep 6; touch ${late}) & wait` });
    });
    const cancel = new AbortController();
    const failed = expect(stack.up({ signal: cancel.signal })).rejects.toThrow();
    while (!existsSync(started)) await new Promise((resolve) => setTimeout(resolve, 50));
    cancel.abort();
    await failed;
    await new Promise((resolve) => setTimeout(resolve, 6_500));
    expect(existsSync(late)).toBe(false);
  });
});
