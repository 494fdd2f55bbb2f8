import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { commandPlugin } from "../../../plugins/command/plugin";
import { UNKNOWN } from "../../../plugins/kit/types";
import { secret, startPlugin, type PlainProperties, type PluginClient } from "../../support/plugin-client";
import { startPasswordServer } from "./password-server";
import { freePort } from "../../support/free-port";
import { startSshServer, type SshServer } from "./ssh-server";

const COMMAND = "command:remote:Command";

describe("a remote command", () => {
  let server: SshServer;
  let plugin: PluginClient;
  let folder: string;
  const agentBefore = process.env["SSH_AUTH_SOCK"];
  beforeAll(async () => {
    delete process.env["SSH_AUTH_SOCK"];
    server = await startSshServer();
    folder = mkdtempSync(join(tmpdir(), "btest-remote-"));
  });
  afterAll(() => {
    server.stop();
    rmSync(folder, { recursive: true });
    if (agentBefore !== undefined) process.env["SSH_AUTH_SOCK"] = agentBefore;
  });
  beforeEach(async () => {
    plugin = await startPlugin(commandPlugin);
  });
  afterEach(() => plugin.close());

  function connection(more: PlainProperties = { privateKey: server.privateKey }): PlainProperties {
    return { host: "127.0.0.1", port: server.port, user: server.user, dialErrorLimit: 0, ...more };
  }
  async function run(
    command: string,
    more?: PlainProperties,
    inputs: PlainProperties = {},
  ): Promise<PlainProperties> {
    return (await plugin.create(COMMAND, { create: command, connection: connection(more), ...inputs })).state;
  }

  it("fills the connection's defaults in and keeps it secret", async () => {
    const { inputs } = await plugin.check(COMMAND, { connection: { host: "a", proxy: { host: "b" } } });
    const defaults = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };
    expect(inputs["connection"]).toEqual(
      secret({ host: "a", ...defaults, proxy: { host: "b", ...defaults } }),
    );
    const { failures } = await plugin.check(COMMAND, { connection: { user: "a" } });
    expect(failures[0]?.property).toBe("connection.host");
    expect((await plugin.check(COMMAND, {})).failures[0]?.property).toBe("connection");
  });

  it("runs with a private key, its input, and keeps what it prints", async () => {
    const state = await run("cat; echo err >&2", undefined, { stdin: "typed" });
    expect(state).toMatchObject({ stdout: "typed", stderr: "err" });
    expect(
      plugin.lines
        .filter((line) => line.status)
        .map((line) => line.message)
        .sort(),
    ).toEqual(["err", "typed"]);
  });

  it("runs with an encrypted key, and with an agent", async () => {
    const { privateKey, password } = server.encryptedKey;
    expect((await run("echo a", { privateKey, privateKeyPassword: password }))["stdout"]).toBe("a");
    expect((await run("echo b", { agentSocketPath: server.agentSocketPath }))["stdout"]).toBe("b");
    await expect(run("echo", { privateKey })).rejects.toThrow(
      "give a PEM or OpenSSH key, and privateKeyPassword",
    );
    await expect(run("echo", { privateKey: "no key" })).rejects.toThrow(
      "the private key for 127.0.0.1 cannot be read",
    );
  });

  it.each(["password", "keyboard-interactive"] as const)("runs with a password (%s)", async (method) => {
    const other = await startPasswordServer("hunter2", method);
    try {
      const target = { host: "127.0.0.1", port: other.port, user: "u", dialErrorLimit: 0 };
      const made = await plugin.create(COMMAND, {
        create: "x",
        connection: { ...target, password: "hunter2" },
      });
      expect(made.state["stdout"]).toBe("heard x");
      const wrong = plugin.create(COMMAND, {
        create: "x",
        connection: secret({ ...target, password: "wrong-one" }),
      });
      await expect(wrong).rejects.toThrow(
        /^cannot connect to u@127.0.0.1:\d+ over SSH after 1 attempts: the server refused/,
      );
    } finally {
      other.close();
    }
  });

  it("talks only to the host whose key is given", async () => {
    const known = { privateKey: server.privateKey, hostKey: server.hostKey };
    expect((await run("echo a", known))["stdout"]).toBe("a");
    const other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUUuK6XwEcfMtSkFVBlKJ9lTNEkOHqKtKAzGGQfDqBz";
    await expect(run("echo", { ...known, hostKey: other })).rejects.toThrow(
      "the server shows another key than hostKey says",
    );
    await expect(run("echo", { ...known, hostKey: "rubbish" })).rejects.toThrow(
      "give it as in authorized_keys",
    );
  });

  it("refuses a stranger's key", async () => {
    await expect(run("echo", { privateKey: server.strangerKey })).rejects.toThrow(
      "the server refused the key",
    );
  });

  it("tries again as dialErrorLimit says, and gives up when perDialTimeout passes", async () => {
    const closed = { privateKey: server.privateKey, port: await freePort(), dialErrorLimit: 2 };
    await expect(run("echo", closed)).rejects.toThrow("after 3 attempts: connect ECONNREFUSED");
    expect(plugin.lines.filter((line) => line.message.includes("trying again"))).toHaveLength(2);
    const silent = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const mute = { privateKey: server.privateKey, port, perDialTimeout: 1 };
    await expect(run("echo", mute)).rejects.toThrow(
      "after 1 attempts: Timed out while waiting for handshake",
    );
    silent.close();
  });

  it("goes through a proxy", async () => {
    const proxy = { ...connection(), port: server.port };
    const state = await run("echo through", { privateKey: server.privateKey, proxy });
    expect(state["stdout"]).toBe("through");
    const wrong = { ...proxy, privateKey: server.strangerKey };
    await expect(run("echo", { privateKey: server.privateKey, proxy: wrong })).rejects.toThrow(
      "the server refused the key",
    );
  });

  it("passes variables that the server accepts, and says which ones it does not", async () => {
    const state = await run("echo $ALLOWED_A", undefined, { environment: { ALLOWED_A: "1" } });
    expect(state["stdout"]).toBe("1");
    await expect(run("echo", undefined, { environment: { FORBIDDEN: "1" } })).rejects.toThrow(
      "the variable FORBIDDEN does not reach the command: the SSH server must list it under AcceptEnv",
    );
  });

  it("updates with what was printed before, and warns of what cannot be passed", async () => {
    const inputs = { create: "echo one; echo two >&2", connection: connection() };
    const known = await plugin.create(COMMAND, inputs);
    const next = { ...inputs, update: 'echo "after $PULUMI_COMMAND_STDOUT"' };
    const state = await plugin.update(COMMAND, { ...known, oldInputs: inputs, inputs: next });
    expect(state["stdout"]).toBe("after one");
    const warnings = plugin.lines.filter((line) => line.severity === "warning").map((line) => line.message);
    expect(warnings).toEqual([
      expect.stringContaining("the variable PULUMI_COMMAND_STDERR does not reach the command"),
    ]);
  });

  it("runs delete", async () => {
    const file = join(folder, "deleted");
    const known = await plugin.create(COMMAND, { connection: connection(), delete: `touch ${file}` });
    expect(known.state).toMatchObject({ stdout: "", stderr: "" });
    await plugin.delete(COMMAND, known);
    expect(existsSync(file)).toBe(true);
  });

  it("fails with the command, the host and the last lines, without secrets", async () => {
    const failing = run("echo no $ALLOWED_P >&2; exit 4", undefined, {
      environment: secret({ ALLOWED_P: "hunter2" }),
    });
    await expect(failing).rejects.toThrow(
      'the command "echo no $ALLOWED_P >&2; exit 4" failed on 127.0.0.1: it ended with exit code 4\nno [secret]',
    );
  });

  it("hangs up when the deployment is cancelled", async () => {
    const failed = expect(run("echo started; exec sleep 5")).rejects.toThrow("the deployment was cancelled");
    while (!plugin.lines.some((line) => line.message === "started"))
      await new Promise((next) => setTimeout(next, 10));
    const from = Date.now();
    await plugin.cancel();
    await failed;
    expect(Date.now() - from).toBeLessThan(4_000);
  });

  it("runs nothing in a preview", async () => {
    const made = await plugin.create(COMMAND, { create: "echo", connection: UNKNOWN }, { preview: true });
    expect(made.state).toMatchObject({ stdout: UNKNOWN, stderr: UNKNOWN });
  });
});
