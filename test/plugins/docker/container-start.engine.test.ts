import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definition } from "../../../plugins/docker/definition";
import { PluginError, secret, startPlugin, type PluginClient } from "../../support/plugin-client";
import { Lab } from "./support/lab";
import { changes, check, CONTAINER, make, refresh, update, type Made } from "./support/steps";

const lab = new Lab();
let plugin: PluginClient;
let image: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "btest-uploads-"));
  [plugin, image] = await Promise.all([startPlugin(definition), lab.importImage()]);
});
afterAll(async () => {
  await plugin.close();
  await lab.dispose();
  await rm(folder, { recursive: true });
});

const sleeper = (role: string, more: object = {}) => ({
  name: lab.name(role),
  image,
  command: ["sleep", "300"],
  ...more,
});

describe("uploads", () => {
  test("are there before the container starts, with content, mode and owner", async () => {
    const source = join(folder, "source");
    await writeFile(source, Buffer.from([0, 1, 2, 255]));
    const given = sleeper("uploads", {
      command: ["sh", "-c", "cat /run/secrets/berth/token; sleep 300"],
      uploads: [
        { file: "/run/secrets/berth/token", content: "hidden\n" },
        { file: "/opt/binary", source, sourceHash: "1" },
        {
          file: "/opt/encoded",
          contentBase64: Buffer.from("décodé").toString("base64"),
          permissions: "0640",
        },
        { file: "/opt/tool", content: "#!/bin/sh\n", executable: true, owner: "1000", group: "daemon" },
        { file: "/opt/empty", content: "" },
      ],
    });
    const made = await make(plugin, CONTAINER, given);
    const mode = (file: string) => lab.exec(made.id, ["stat", "-c", "%a %u:%g", file]);
    expect(await mode("/run/secrets/berth/token")).toBe("644 0:0");
    expect(await mode("/opt/encoded")).toBe("640 0:0");
    expect(await mode("/opt/tool")).toBe("744 1000:1");
    expect(await lab.exec(made.id, ["cat", "/opt/encoded"])).toBe("décodé");
    expect(await lab.exec(made.id, ["stat", "-c", "%s", "/opt/binary"])).toBe("4");
    expect(await lab.exec(made.id, ["stat", "-c", "%s", "/opt/empty"])).toBe("0");
    const logs = await lab.docker.getContainer(made.id).logs({ stdout: true });
    expect(logs.toString()).toContain("hidden");
    expect(await changes(plugin, CONTAINER, (await refresh(plugin, CONTAINER, made))!, given)).toEqual({});
    await plugin.delete(CONTAINER, made);
  });

  test("that are secret stay so in the state", async () => {
    const uploads = secret([{ file: "/run/secrets/berth/token", content: "hidden" }]);
    const made = await make(plugin, CONTAINER, sleeper("secret-upload", { uploads }));
    expect(made.state.uploads).toMatchObject({ value: [{ content: "hidden" }] });
    expect(JSON.stringify(await lab.docker.getContainer(made.id).inspect())).not.toContain("hidden");
    await plugin.delete(CONTAINER, made);
  });

  test("from a file that is not there fail, and leave no container behind", async () => {
    const given = sleeper("no-source", { uploads: [{ file: "/a", source: join(folder, "none") }] });
    await expect(make(plugin, CONTAINER, given)).rejects.toThrow(/upload of \/a: cannot read its source/);
    expect(await lab.containerExists(given.name)).toBe(false);
  });

  test("for an owner whom nobody knows fail with the way out", async () => {
    const given = sleeper("no-owner", { uploads: [{ file: "/a", content: "x", owner: "btest-nobody" }] });
    await expect(make(plugin, CONTAINER, given)).rejects.toThrow(/no owner "btest-nobody".*number/);
    expect(await lab.containerExists(given.name)).toBe(false);
  });
});

describe("waiting for health", () => {
  const healthy = (test: string) => ({
    tests: ["CMD-SHELL", test],
    interval: "1s",
    timeout: "2s",
    retries: 1,
  });

  test("ends when the container is healthy", async () => {
    const given = sleeper("healthy", {
      command: ["sh", "-c", "sleep 1; echo up > /tmp/up; sleep 300"],
      healthcheck: healthy("test -f /tmp/up"),
      wait: true,
      waitTimeout: 30,
    });
    const made = await make(plugin, CONTAINER, given);
    expect((await lab.docker.getContainer(made.id).inspect()).State.Health?.Status).toBe("healthy");
    expect(await changes(plugin, CONTAINER, (await refresh(plugin, CONTAINER, made))!, given)).toEqual({});
    await plugin.delete(CONTAINER, made);
  });

  async function incomplete(given: ReturnType<typeof sleeper>): Promise<PluginError> {
    const error: unknown = await make(plugin, CONTAINER, given).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PluginError);
    return error as PluginError;
  }

  test("fails with the container's name, its health, the check's output and the last log lines, and keeps it in the state", async () => {
    const given = sleeper("unhealthy", {
      command: ["sh", "-c", "echo starting; echo no database >&2; sleep 300"],
      healthcheck: healthy("echo not yet; false"),
      wait: true,
      waitTimeout: 3,
    });
    const error = await incomplete(given);
    const [reason] = error.incomplete!.reasons;
    expect(reason).toContain(`container "${given.name}" is unhealthy after 3 s`);
    expect(reason).toContain("exit code 1: not yet");
    expect(reason).toContain("starting");
    expect(reason).toContain("no database");

    const inputs = await check(plugin, CONTAINER, given);
    const made: Made = { id: error.incomplete!.id, state: error.incomplete!.state, inputs };
    await expect(update(plugin, CONTAINER, made, given)).rejects.toThrow(/is unhealthy/);
    await plugin.delete(CONTAINER, made);
    expect(await lab.containerExists(given.name)).toBe(false);
  });

  test("fails at once when the container ends before", async () => {
    const startedAt = Date.now();
    const given = sleeper("ended", {
      command: ["sh", "-c", "echo cannot start; exit 7"],
      healthcheck: healthy("true"),
      wait: true,
      waitTimeout: 60,
    });
    const error = await incomplete(given);
    expect(error.incomplete!.reasons[0]).toMatch(
      /ended with exit code 7 before it was healthy.*cannot start/s,
    );
    expect(Date.now() - startedAt).toBeLessThan(20_000);
    await plugin.delete(CONTAINER, { id: error.incomplete!.id, state: error.incomplete!.state });
  });

  test("without a health check fails and says how to add one", async () => {
    const error = await incomplete(sleeper("no-check", { wait: true }));
    expect(error.incomplete!.reasons[0]).toMatch(
      /no health check to wait for\. Add one \(healthcheck\), or remove "wait"/,
    );
    await plugin.delete(CONTAINER, { id: error.incomplete!.id, state: error.incomplete!.state });
  });

  test("ends soon after a cancellation, and keeps the container in the state", async () => {
    const other = await startPlugin(definition);
    const inputs = await check(other, CONTAINER, {
      ...sleeper("cancelled"),
      healthcheck: healthy("false"),
      wait: true,
      waitTimeout: 60,
    });
    const creation = other.create(CONTAINER, inputs).catch((reason: unknown) => reason as PluginError);
    while (!(await lab.containerExists(lab.name("cancelled"))))
      await new Promise((done) => setTimeout(done, 50));
    const cancelledAt = Date.now();
    await other.cancel();
    const error = (await creation) as PluginError;
    expect(Date.now() - cancelledAt).toBeLessThan(5_000);
    expect(error.incomplete!.reasons[0]).toContain("was cancelled");
    await other.close();
    await plugin.delete(CONTAINER, { id: error.incomplete!.id, state: error.incomplete!.state });
  });
});

test("a container whose end is no longer waited for stays in the state", async () => {
  const other = await startPlugin(definition);
  const inputs = await check(other, CONTAINER, sleeper("attached", { attach: true }));
  const creation = other.create(CONTAINER, inputs).catch((reason: unknown) => reason as PluginError);
  const running = () => lab.docker.listContainers({ filters: { name: [lab.name("attached")] } });
  while ((await running()).length === 0) await new Promise((done) => setTimeout(done, 50));
  await other.cancel();
  const { incomplete } = (await creation) as PluginError;
  await other.close();
  await plugin.delete(CONTAINER, incomplete!);
  expect(await lab.containerExists(lab.name("attached"))).toBe(false);
});

describe("what is in the way", () => {
  test("is named: the container that has the name", async () => {
    const holder = await make(plugin, CONTAINER, sleeper("name"));
    await expect(make(plugin, CONTAINER, sleeper("name"))).rejects.toThrow(
      new RegExp(
        `name is taken by container ${holder.id.slice(0, 12)} \\(image ${image}, running\\).*pulumi import.*docker rm`,
        "s",
      ),
    );
    await plugin.delete(CONTAINER, holder);
  });

  test("is named: the container that has the port, and nothing is left behind", async () => {
    const holder = await make(
      plugin,
      CONTAINER,
      sleeper("port-holder", { ports: [{ internal: 80, ip: "127.0.0.1" }] }),
    );
    const [{ external }] = holder.state.ports as [{ external: number }];
    const given = sleeper("port-wanter", { ports: [{ internal: 80, ip: "127.0.0.1", external }] });
    await expect(make(plugin, CONTAINER, given)).rejects.toThrow(
      new RegExp(`Port ${external} is in use by container ${lab.name("port-holder")}`),
    );
    expect(await lab.containerExists(given.name)).toBe(false);
    await plugin.delete(CONTAINER, holder);
  });

  test("is named: a port that the host itself uses", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address() as { port: number };
    const given = sleeper("host-port", { ports: [{ internal: 80, ip: "127.0.0.1", external: port }] });
    await expect(make(plugin, CONTAINER, given)).rejects.toThrow(
      `Port ${port} is in use by something on the host`,
    );
    expect(await lab.containerExists(given.name)).toBe(false);
    server.close();
  });

  test("is named: an image that is nowhere", async () => {
    const given = { name: lab.name("no-image"), image: `127.0.0.1:1/${lab.prefix}-none:v1` };
    await expect(make(plugin, CONTAINER, given)).rejects.toThrow(
      /image "127.0.0.1:1\/.*-none:v1" is not at unix:\/\/.*cannot be pulled.*127\.0\.0\.1:1 does not answer the engine/s,
    );
  });

  test("is named: an image id that is nowhere, which no pull can bring", async () => {
    const id = `sha256:${"0".repeat(64)}`;
    await expect(make(plugin, CONTAINER, { name: lab.name("no-id"), image: id })).rejects.toThrow(
      /ids cannot be pulled: build the image again/,
    );
  });

  test("is named: a network that is nowhere, and nothing is left behind", async () => {
    const given = sleeper("no-network", { networksAdvanced: [{ name: lab.name("nowhere") }] });
    await expect(make(plugin, CONTAINER, given)).rejects.toThrow(`network ${lab.name("nowhere")} not found`);
    expect(await lab.containerExists(given.name)).toBe(false);
  });

  test("is named: a command that is not in the image, and nothing is left behind", async () => {
    const given = { ...sleeper("no-command"), command: ["/no/such/program"] };
    await expect(make(plugin, CONTAINER, given)).rejects.toThrow(/cannot be started.*\/no\/such\/program/s);
    expect(await lab.containerExists(given.name)).toBe(false);
  });

  test("is named: a property that this engine is too old for", async () => {
    const { ApiVersion: version } = await lab.docker.version();
    const given = sleeper("newer", {
      mounts: [{ type: "volume", source: lab.name("v"), target: "/v", volumeOptions: { subpath: "a" } }],
    });
    const creation = make(plugin, CONTAINER, given);
    if (Number(version.split(".")[1]) >= 45) await expect(creation).rejects.toThrow(/cannot be/);
    else
      await expect(creation).rejects.toThrow(
        `needs Engine API 1.45, but the engine at unix:///var/run/docker.sock speaks ${version}`,
      );
  });
});
