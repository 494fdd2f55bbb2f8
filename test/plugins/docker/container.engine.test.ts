import { definition } from "../../../plugins/docker/definition";
import { secret, startPlugin, type PluginClient } from "../../support/plugin-client";
import { Lab } from "./support/lab";
import { changes, check, CONTAINER, make, NETWORK, refresh, update } from "./support/steps";

const lab = new Lab();
let plugin: PluginClient;
let image: string;

beforeAll(async () => {
  [plugin, image] = await Promise.all([startPlugin(definition), lab.importImage()]);
});
afterAll(async () => {
  await plugin.close();
  await lab.dispose();
});

const inspect = (id: string) => lab.docker.getContainer(id).inspect();
const sleeper = (role: string, more: object = {}) => ({
  name: lab.name(role),
  image,
  command: ["sleep", "300"],
  ...more,
});

describe("creation", () => {
  test("gives the engine all that the program says", async () => {
    const given = sleeper("full", {
      envs: ["B=2", "A=1"],
      labels: [{ label: "l", value: "v" }],
      hostname: "host",
      domainname: "example.com",
      user: "1000:1000",
      workingDir: "/tmp",
      restart: "on-failure",
      maxRetryCount: 3,
      memory: 64,
      memoryReservation: 32,
      cpuShares: 512,
      cpus: "0.5",
      shmSize: 32,
      capabilities: { adds: ["NET_RAW"], drops: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      readOnly: true,
      init: true,
      tmpfs: { "/tmp": "size=1m" },
      ulimits: [{ name: "nofile", soft: 64, hard: 128 }],
      sysctls: { "net.ipv4.ip_unprivileged_port_start": "0" },
      dns: ["9.9.9.9"],
      dnsOpts: ["ndots:2"],
      dnsSearches: ["example.com"],
      hosts: [{ host: "other", ip: "10.0.0.1" }],
      groupAdds: ["2000"],
      logDriver: "json-file",
      logOpts: { "max-size": "1m" },
      stopSignal: "SIGINT",
      stopTimeout: 3,
      devices: [{ hostPath: "/dev/null", containerPath: "/dev/other" }],
      ports: [{ internal: 80 }],
      volumes: [{ containerPath: "/scratch" }],
      pidMode: "host",
      ipcMode: "shareable",
    });
    const made = await make(plugin, CONTAINER, given);
    expect(await inspect(made.id)).toMatchObject({
      Config: {
        Env: expect.arrayContaining(["A=1", "B=2"]) as string[],
        Hostname: "host",
        Domainname: "example.com",
        User: "1000:1000",
        WorkingDir: "/tmp",
        StopSignal: "SIGINT",
        StopTimeout: 3,
        Labels: { l: "v" },
        Volumes: { "/scratch": {} },
      },
      HostConfig: {
        RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
        Memory: 64 * 1024 ** 2,
        MemoryReservation: 32 * 1024 ** 2,
        CpuShares: 512,
        NanoCpus: 5e8,
        ShmSize: 32 * 1024 ** 2,
        CapAdd: ["NET_RAW"],
        CapDrop: ["ALL"],
        SecurityOpt: expect.arrayContaining(["no-new-privileges:true"]) as string[],
        ReadonlyRootfs: true,
        Init: true,
        Tmpfs: { "/tmp": "size=1m" },
        Dns: ["9.9.9.9"],
        DnsOptions: ["ndots:2"],
        DnsSearch: ["example.com"],
        ExtraHosts: ["other:10.0.0.1"],
        GroupAdd: ["2000"],
        LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
        PidMode: "host",
        IpcMode: "shareable",
      },
    });
    const refreshed = (await refresh(plugin, CONTAINER, made))!;
    expect(refreshed.inputs).toEqual(made.inputs);
    expect(await changes(plugin, CONTAINER, refreshed, given)).toEqual({});
    await plugin.delete(CONTAINER, made);
  });

  test("tells the ports, addresses and defaults that the engine chose", async () => {
    const made = await make(
      plugin,
      CONTAINER,
      sleeper("told", { ports: [{ internal: 80, ip: "127.0.0.1" }] }),
    );
    const [port] = made.state.ports as { external: number }[];
    expect(port).toMatchObject({ internal: 80, ip: "127.0.0.1", protocol: "tcp" });
    expect(port!.external).toBeGreaterThan(1023);
    expect(made.state).toMatchObject({
      hostname: made.id.slice(0, 12),
      logDriver: expect.any(String) as string,
    });
    expect(made.state.networkDatas).toMatchObject([{ networkName: "bridge" }]);
    await plugin.delete(CONTAINER, made);
  });

  test("in a preview leaves open what the engine will choose", async () => {
    const inputs = await check(plugin, CONTAINER, sleeper("preview"));
    const { id, state } = await plugin.create(CONTAINER, inputs, { preview: true });
    expect(id).toBe("");
    expect(state).toMatchObject({ name: lab.name("preview"), image });
    expect(await lab.containerExists(lab.name("preview"))).toBe(false);
  });

  test("joins networks under their aliases and leaves the default one", async () => {
    const networks = await Promise.all(
      ["net-a", "net-b"].map((role) =>
        make(plugin, NETWORK, { name: lab.name(role), ipamConfigs: [{ subnet: lab.subnet() }] }),
      ),
    );
    const given = sleeper("joined", {
      networksAdvanced: [{ name: networks[0]!.id, aliases: ["web"] }, { name: lab.name("net-b") }],
    });
    const made = await make(plugin, CONTAINER, given);
    const found = await inspect(made.id);
    expect(Object.keys(found.NetworkSettings.Networks).sort()).toEqual([
      lab.name("net-a"),
      lab.name("net-b"),
    ]);
    expect(found.NetworkSettings.Networks[lab.name("net-a")]!.Aliases).toContain("web");
    expect(await lab.exec(made.id, ["nslookup", "web"])).toContain("Address");

    await lab.docker.getNetwork(lab.name("net-b")).disconnect({ Container: made.id });
    const drifted = (await refresh(plugin, CONTAINER, made))!;
    expect(await changes(plugin, CONTAINER, drifted, given)).toEqual({
      "networksAdvanced[1]": "add-replace",
    });
    await plugin.delete(CONTAINER, made);
    await Promise.all(networks.map((network) => plugin.delete(NETWORK, network)));
  });

  test("may name its network as mode and give the aliases beside it", async () => {
    const network = await make(plugin, NETWORK, {
      name: lab.name("mode"),
      ipamConfigs: [{ subnet: lab.subnet() }],
    });
    const given = sleeper("mode-user", {
      networkMode: lab.name("mode"),
      networksAdvanced: [{ name: lab.name("mode"), aliases: ["me"] }],
    });
    const made = await make(plugin, CONTAINER, given);
    expect(await lab.exec(made.id, ["nslookup", "me"])).toContain("Address");
    expect(await changes(plugin, CONTAINER, (await refresh(plugin, CONTAINER, made))!, given)).toEqual({});
    await plugin.delete(CONTAINER, made);
    await plugin.delete(NETWORK, network);
  });

  test("may leave the container unstarted", async () => {
    const given = sleeper("unstarted", { start: false });
    const made = await make(plugin, CONTAINER, given);
    expect((await inspect(made.id)).State.Status).toBe("created");
    const refreshed = (await refresh(plugin, CONTAINER, made))!;
    expect(await changes(plugin, CONTAINER, refreshed, given)).toEqual({});
    await plugin.delete(CONTAINER, made);
  });

  test("may wait for the container's end and keep what it wrote", async () => {
    const given = {
      name: lab.name("job"),
      image,
      command: ["sh", "-c", "echo out; echo err >&2; exit 3"],
      attach: true,
      logs: true,
      mustRun: false,
    };
    const made = await make(plugin, CONTAINER, given);
    expect(made.state).toMatchObject({ exitCode: 3 });
    expect((made.state.containerLogs as string).split("\n").sort()).toEqual(["", "err", "out"]);
    expect(await changes(plugin, CONTAINER, (await refresh(plugin, CONTAINER, made))!, given)).toEqual({});
    await plugin.delete(CONTAINER, made);
  });

  test("keeps a secret environment secret", async () => {
    const made = await make(plugin, CONTAINER, sleeper("secret", { envs: secret(["TOKEN=hidden"]) }));
    expect((await inspect(made.id)).Config.Env).toContain("TOKEN=hidden");
    expect(made.state.envs).toEqual(secret(["TOKEN=hidden"]));
    await plugin.delete(CONTAINER, made);
  });
});

describe("an update in place", () => {
  test("changes limits and restart policy of the running container", async () => {
    const made = await make(plugin, CONTAINER, sleeper("limits", { memory: 64, cpuShares: 256 }));
    const { startedAt } = { startedAt: (await inspect(made.id)).State.StartedAt };
    const given = sleeper("limits", {
      memory: 256,
      cpuShares: 512,
      restart: "always",
      cpuQuota: 50_000,
      cpuPeriod: 100_000,
    });
    const updated = await update(plugin, CONTAINER, made, given);
    const found = await inspect(made.id);
    expect(found.HostConfig).toMatchObject({
      Memory: 256 * 1024 ** 2,
      CpuShares: 512,
      CpuQuota: 50_000,
      RestartPolicy: { Name: "always" },
    });
    expect(found.State.StartedAt).toBe(startedAt);
    expect(await changes(plugin, CONTAINER, (await refresh(plugin, CONTAINER, updated))!, given)).toEqual({});
    await plugin.delete(CONTAINER, updated);
  });

  test("of a limit set by hand brings the program's back", async () => {
    const given = sleeper("by-hand", { memory: 64 });
    const made = await make(plugin, CONTAINER, given);
    await lab.docker.getContainer(made.id).update({ Memory: 128 * 1024 ** 2, MemorySwap: 256 * 1024 ** 2 });
    const drifted = (await refresh(plugin, CONTAINER, made))!;
    expect(drifted.inputs.memory).toBe(128);
    expect(await changes(plugin, CONTAINER, drifted, given)).toEqual({ memory: "update" });
    await update(plugin, CONTAINER, drifted, given);
    expect((await inspect(made.id)).HostConfig.Memory).toBe(64 * 1024 ** 2);
    await plugin.delete(CONTAINER, made);
  });

  test("starts a container that was stopped by hand", async () => {
    const given = sleeper("stopped");
    const made = await make(plugin, CONTAINER, given);
    await lab.docker.getContainer(made.id).stop({ t: 0 });
    const drifted = (await refresh(plugin, CONTAINER, made))!;
    expect(await changes(plugin, CONTAINER, drifted, given)).toEqual({ mustRun: "update" });
    await update(plugin, CONTAINER, drifted, given);
    expect((await inspect(made.id)).State.Running).toBe(true);
    await plugin.delete(CONTAINER, made);
  });

  test("leaves a stopped container alone that need not run", async () => {
    const given = sleeper("may-stop", { mustRun: false });
    const made = await make(plugin, CONTAINER, given);
    await lab.docker.getContainer(made.id).stop({ t: 0 });
    const refreshed = (await refresh(plugin, CONTAINER, made))!;
    expect(await changes(plugin, CONTAINER, refreshed, given)).toEqual({});
    await update(plugin, CONTAINER, refreshed, { ...given, memory: 64 });
    expect((await inspect(made.id)).State.Running).toBe(false);
    await plugin.delete(CONTAINER, made);
  });
});

describe("removal", () => {
  test("by hand reads as gone, and deletion succeeds all the same", async () => {
    const made = await make(plugin, CONTAINER, sleeper("removed"));
    await lab.docker.getContainer(made.id).remove({ force: true });
    expect(await refresh(plugin, CONTAINER, made)).toBeUndefined();
    await plugin.delete(CONTAINER, made);
  });

  test("takes anonymous volumes along", async () => {
    const made = await make(
      plugin,
      CONTAINER,
      sleeper("anonymous", { volumes: [{ containerPath: "/data" }] }),
    );
    const [mount] = (await inspect(made.id)).Mounts;
    await plugin.delete(CONTAINER, made);
    await expect(lab.docker.getVolume(mount!.Name!).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  test("gives the container its grace to end cleanly", async () => {
    const command = ["sh", "-c", "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 1; done"];
    const made = await make(plugin, CONTAINER, { ...sleeper("grace", { destroyGraceSeconds: 10 }), command });
    const logs = await lab.docker.getContainer(made.id).logs({ stdout: true, follow: true });
    let output = "";
    logs.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await plugin.delete(CONTAINER, made);
    expect(output).toContain("bye");
  });

  test("of a container with rm that ended is no failure", async () => {
    const made = await make(plugin, CONTAINER, sleeper("rm", { rm: true }));
    await lab.docker.getContainer(made.id).kill();
    await plugin.delete(CONTAINER, made);
    expect(await lab.containerExists(lab.name("rm"))).toBe(false);
  });
});

describe("import", () => {
  test("by name gives inputs that a program can repeat unchanged", async () => {
    const given = sleeper("imported", {
      envs: ["A=1"],
      labels: [{ label: "l", value: "v" }],
      memory: 64,
      ports: [{ internal: 80, external: 0 }],
      healthcheck: { tests: ["CMD", "true"], interval: "5s" },
      capabilities: { drops: ["ALL"] },
      mounts: [{ type: "tmpfs", target: "/x" }],
      restart: "always",
    });
    const made = await make(plugin, CONTAINER, given);
    const imported = (await plugin.read(CONTAINER, given.name))!;
    expect(imported.id).toBe(made.id);
    const [port] = imported.inputs.ports as { external: number }[];
    const repeated = { ...given, ports: [{ internal: 80, external: port!.external }] };
    expect(await changes(plugin, CONTAINER, imported, repeated)).toEqual({});
    await plugin.delete(CONTAINER, made);
  });

  test("of a container that is not there finds nothing", async () => {
    expect(await plugin.read(CONTAINER, lab.name("nobody"))).toBeUndefined();
  });
});
