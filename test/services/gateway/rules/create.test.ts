import { allowed, ask, caller, digest, labelsOf, refused, sampleEngine } from "./engine-model";
import { composeBody, dockerRunBody } from "./client-bodies";

const create = (body: unknown, name = "x"): ReturnType<typeof allowed> =>
  allowed("POST", `/v1.41/containers/create?name=${name}`, { body });
const image = { Image: "debian:trixie" };

describe("create", () => {
  it("takes what docker run sends when nothing was asked for, and drops the zero values of forbidden fields", async () => {
    const { json, target } = await create(dockerRunBody());
    expect(target).toBe("/v1.41/containers/create?name=berth-dev-01-x");
    expect(json.HostConfig).toMatchObject({
      ...{ Memory: 536870912, MemorySwap: 536870912, NanoCpus: 1e9, PidsLimit: 512 },
      ...{ CapDrop: ["ALL"], CapAdd: [], SecurityOpt: ["no-new-privileges"] },
      ...{ NetworkMode: "berth-dev-network", Sysctls: { "net.ipv4.ip_forward": "0" } },
      LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } },
    });
    expect(Object.keys(json.HostConfig)).not.toEqual(
      expect.arrayContaining(["Privileged", "Devices", "CgroupParent"]),
    );
    expect(json.Labels).toEqual({ ...labelsOf("01"), "berth.via": "gateway", "berth.role": "app" });
  });

  it("takes what docker compose sends: its network, volume, port and labels", async () => {
    const { json } = await create(composeBody());
    expect(json.HostConfig).toMatchObject({
      NetworkMode: "berth-dev-01-own",
      PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "20150" }] },
      Mounts: [{ Type: "volume", Source: "berth-dev-01-data", Target: "/data" }],
    });
    expect(json.NetworkingConfig.EndpointsConfig).toEqual({
      "berth-dev-01-own": { Aliases: ["proj-web-1", "web"] },
    });
    expect(json.Labels).toMatchObject({ "com.docker.compose.project": "proj", "berth.owner": "01" });
  });

  it.each<[field: string, host: Record<string, unknown>]>([
    ["HostConfig.Privileged", { Privileged: true }],
    ["HostConfig.privileged", { privileged: true }],
    ["HostConfig.PRIVILEGED", { PRIVILEGED: false }],
    ["HostConfig.Binds[0]", { Binds: ["/:/host"] }],
    ["HostConfig.Binds[0]", { Binds: ["./x:/host"] }],
    ["HostConfig.Binds[1]", { Binds: ["data:/a", "../x:/host"] }],
    ["HostConfig.Binds[0]", { Binds: ["data:/a:rshared"] }],
    ["HostConfig.Mounts[0].Type", { Mounts: [{ Type: "bind", Source: "/", Target: "/host" }] }],
    ["HostConfig.Mounts[0].Type", { Mounts: [{ Type: "npipe", Source: "x", Target: "/host" }] }],
    [
      "HostConfig.Mounts[0].BindOptions",
      { Mounts: [{ Type: "volume", Source: "v", Target: "/x", BindOptions: { Propagation: "shared" } }] },
    ],
    [
      "HostConfig.Mounts[0].VolumeOptions.DriverConfig",
      {
        Mounts: [
          {
            Type: "volume",
            Target: "/x",
            VolumeOptions: {
              DriverConfig: { Name: "local", Options: { type: "none", o: "bind", device: "/" } },
            },
          },
        ],
      },
    ],
    ["HostConfig.NetworkMode", { NetworkMode: "host" }],
    ["HostConfig.PidMode", { PidMode: "host" }],
    ["HostConfig.IpcMode", { IpcMode: "host" }],
    ["HostConfig.UTSMode", { UTSMode: "host" }],
    ["HostConfig.UsernsMode", { UsernsMode: "host" }],
    ["HostConfig.CgroupnsMode", { CgroupnsMode: "host" }],
    ["HostConfig.CgroupParent", { CgroupParent: "/" }],
    ["HostConfig.Cgroup", { Cgroup: "container:x" }],
    [
      "HostConfig.Devices",
      { Devices: [{ PathOnHost: "/dev/sda", PathInContainer: "/dev/sda", CgroupPermissions: "rwm" }] },
    ],
    ["HostConfig.DeviceRequests", { DeviceRequests: [{ Count: -1 }] }],
    ["HostConfig.DeviceCgroupRules", { DeviceCgroupRules: ["a *:* rwm"] }],
    ["HostConfig.CapAdd", { CapAdd: ["SYS_ADMIN"] }],
    ["HostConfig.CapAdd", { CapAdd: ["ALL"] }],
    ["HostConfig.SecurityOpt", { SecurityOpt: ["seccomp=unconfined"] }],
    ["HostConfig.SecurityOpt", { SecurityOpt: ["apparmor=unconfined"] }],
    ["HostConfig.SecurityOpt", { SecurityOpt: ["no-new-privileges:false"] }],
    ["HostConfig.Sysctls.kernel.shmmax", { Sysctls: { "kernel.shmmax": "1" } }],
    ["HostConfig.Sysctls.net.ipv4.ip_forward", { Sysctls: { "net.ipv4.ip_forward": "1" } }],
    ["HostConfig.Runtime", { Runtime: "other" }],
    ["HostConfig.OomScoreAdj", { OomScoreAdj: -1000 }],
    ["HostConfig.OomKillDisable", { OomKillDisable: true }],
    ["HostConfig.PublishAllPorts", { PublishAllPorts: true }],
    ["HostConfig.VolumeDriver", { VolumeDriver: "sshfs" }],
    ["HostConfig.StorageOpt", { StorageOpt: { size: "1T" } }],
    ["HostConfig.MaskedPaths", { MaskedPaths: [] }],
    ["HostConfig.ReadonlyPaths", { ReadonlyPaths: [] }],
    ["HostConfig.LogConfig.Type", { LogConfig: { Type: "syslog", Config: {} } }],
    ["HostConfig.LogConfig.Config", { LogConfig: { Type: "", Config: { "max-size": "900g" } } }],
    ["HostConfig.RestartPolicy.Name", { RestartPolicy: { Name: "always" } }],
    ["HostConfig.PidsLimit", { PidsLimit: -1 }],
    ["HostConfig.MemorySwap", { MemorySwap: -1 }],
    ["HostConfig.Memory", { Memory: 1024 ** 4 }],
    ["HostConfig.NanoCpus", { NanoCpus: 64e9 }],
    ["HostConfig.ShmSize", { ShmSize: 1024 ** 4 }],
    ["HostConfig.Ulimits[0]", { Ulimits: [{ Name: "nofile", Soft: 1, Hard: 2 ** 31 }] }],
    ["HostConfig.Ulimits[0].Name", { Ulimits: [{ Name: "rtprio", Soft: 1, Hard: 1 }] }],
    ["HostConfig.Tmpfs./x", { Tmpfs: { "/x": "suid" } }],
    ["HostConfig.PortBindings.80/tcp", { PortBindings: { "80/tcp": [{ HostPort: "8080" }] } }],
    ["HostConfig.PortBindings.80/tcp", { PortBindings: { "80/tcp": [{ HostPort: "20100-20200" }] } }],
    [
      "HostConfig.PortBindings.80/tcp",
      { PortBindings: { "80/tcp": [{ HostIp: "192.0.2.1", HostPort: "20100" }] } },
    ],
    ["HostConfig.Annotations", { Annotations: { "io.x": "y" } }],
    ["HostConfig.CpuQuota", { CpuQuota: 100 }],
    ["HostConfig.GroupAdd[0]", { GroupAdd: ["/:/host"] }],
    ["HostConfig.ExtraHosts[0]", { ExtraHosts: ["a:1.2.3.4\n5.6.7.8 b"] }],
    ["HostConfig.Dns[0]", { Dns: ["a\nb"] }],
  ])("refuses %s", async (field, host) => {
    const refusal = await refused("POST", "/containers/create", { body: { ...image, HostConfig: host } });
    expect(refusal.message.startsWith(`${field}: `)).toBe(true);
    expect(refusal.status).toBe(403);
  });

  it.each<[field: string, fields: Record<string, unknown>]>([
    ["hostConfig", { hostConfig: { Privileged: true } }],
    ["HostConfıg", { HostConfıg: {} }],
    ["Memory", { Memory: 0 }],
    ["MacAddress", { MacAddress: "02:42:ac:11:00:02" }],
    ["Domainname", { Domainname: "example.com" }],
    ["Labels.berth.owner", { Labels: { "berth.owner": "02" } }],
    ["Labels.Berth.Owner", { Labels: { "Berth.Owner": "01" } }],
    ["Labels.berth.anything", { Labels: { "berth.anything": "" } }],
    ["Labels.berth.env", { Labels: { "berth.env": "tst" } }],
    ["Labels.berth.env", { Labels: { "berth.env": "prod" } }],
    ["Labels.berth.port", { Labels: { "berth.port": "80" } }],
    ["Labels.berth.app", { Labels: { "berth.app": "a.b" } }],
    ["Volumes.relative", { Volumes: { relative: {} } }],
  ])("refuses the container's own %s", async (field, fields) => {
    const { message } = await refused("POST", "/containers/create", { body: { ...image, ...fields } });
    expect(message.startsWith(`${field}: `)).toBe(true);
  });

  it.each<[what: string, host: Record<string, unknown>, message: string]>([
    ["network by its short name", { NetworkMode: "berth-dev-02-own" }, "network berth-dev-02-own not found"],
    [
      "network by id",
      { NetworkMode: digest("berth-dev-02-own") },
      `network ${digest("berth-dev-02-own")} not found`,
    ],
    [
      "environment's network of tst",
      { NetworkMode: "berth-tst-network" },
      "network berth-tst-network not found",
    ],
    [
      "container's network",
      { NetworkMode: "container:berth-dev-02-web" },
      "No such container: berth-dev-02-web",
    ],
    [
      "container's processes",
      { PidMode: "container:berth-dev-02-web" },
      "No such container: berth-dev-02-web",
    ],
    ["container's IPC", { IpcMode: "container:berth-dev-postgres" }, "No such container: berth-dev-postgres"],
    ["volumes", { VolumesFrom: ["berth-dev-02-web"] }, "No such container: berth-dev-02-web"],
    ["container by a link", { Links: ["berth-dev-02-web:db"] }, "No such container: berth-dev-02-web"],
  ])("answers another's %s as absent", async (_, host, message) => {
    expect(
      await refused("POST", "/containers/create", { body: { ...image, HostConfig: host } }),
    ).toMatchObject({ status: 400, message });
  });

  it("reads a foreign volume's name as one in the caller's scheme", async () => {
    const { json } = await create({ ...image, HostConfig: { Binds: ["berth-dev-02-data:/x"] } });
    expect(json.HostConfig["Mounts"]).toMatchObject([{ Source: "berth-dev-01-berth-dev-02-data" }]);
  });

  it("answers another's image as absent, and takes the caller's own by its short name", async () => {
    const body = { Image: "shop:dev-02-latest" };
    expect(await refused("POST", "/containers/create", { body })).toMatchObject({
      status: 404,
      message: "No such image: shop:dev-02-latest",
    });
    expect((await create({ Image: "shop" })).json["Image"]).toBe("shop:dev-01-latest");
    expect((await create({ Image: "berth-dev-runtime-node" })).json["Image"]).toBe(
      "berth-dev-runtime-node:latest",
    );
  });

  it("overrules labels that an image brings along, and labels the volumes that it declares", async () => {
    const engine = sampleEngine();
    engine.image(
      "odd:dev-01-latest",
      { "berth.proxy": "berth-dev", "berth.port": "80", other: "kept by the engine" },
      { "/var/lib": {} },
    );
    const { json } = await allowed("POST", "/containers/create", { engine, body: { Image: "odd" } });
    expect(json.Labels).toMatchObject({ "berth.proxy": "", "berth.port": "", "berth.owner": "01" });
    expect(json.Labels).not.toHaveProperty("other");
    expect(json.HostConfig["Mounts"]).toMatchObject([
      { Target: "/var/lib", VolumeOptions: { Labels: labelsOf("01") } },
    ]);
  });

  it("gives names heard in the environment's network the caller's start, and leaves those in own networks", async () => {
    const endpoint = { Aliases: ["berth-dev-postgres"] };
    const shared = await create({
      ...image,
      Hostname: "db",
      NetworkingConfig: { EndpointsConfig: { "berth-dev-network": endpoint } },
    });
    expect(shared.json["Hostname"]).toBe("berth-dev-01-db");
    expect(shared.json.NetworkingConfig.EndpointsConfig).toEqual({
      "berth-dev-network": { Aliases: ["berth-dev-01-berth-dev-postgres"] },
    });
    const own = await create({ ...image, Hostname: "db", HostConfig: { NetworkMode: "own" } });
    expect(own.json["Hostname"]).toBe("db");
  });

  it("routes an app by berth.app and berth.port, through the gateway's own stack", async () => {
    const { json } = await create({ ...image, Labels: { "berth.app": "shop", "berth.port": "3000" } });
    expect(json.Labels).toMatchObject({
      "berth.app": "shop",
      "berth.port": "3000",
      "berth.proxy": "berth-dev",
    });
  });

  it("lets ci and operator create in tst, by id or digest only", async () => {
    const engine = sampleEngine();
    const id = engine.image("shop:dev-ci-1");
    const asked = (reference: string): ReturnType<typeof ask> =>
      ask("POST", "/containers/create", {
        engine,
        as: caller("ci", "ci"),
        body: { Image: reference, Labels: { "berth.env": "tst" } },
      });
    expect(await asked("shop:1")).toMatchObject({ kind: "refusal", reason: "image-not-fixed" });
    const decision = await asked(id);
    expect(decision).toMatchObject({ kind: "allow" });
    expect(decision.kind === "allow" && decision.body?.toString()).toContain(
      '"NetworkMode":"berth-tst-network"',
    );
  });

  it("gives ids that are no numbers the ports that the settings name, and none otherwise", async () => {
    const host = { PortBindings: { "80/tcp": [{ HostPort: "" }] } };
    const { json } = await allowed("POST", "/containers/create", {
      as: caller("eva"),
      body: { ...image, HostConfig: host },
    });
    expect(json.HostConfig["PortBindings"]).toEqual({
      "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "9000-9009" }],
    });
    const none = await refused("POST", "/containers/create", {
      as: caller("tom"),
      body: { ...image, HostConfig: host },
    });
    expect(none.message).toContain("developer tom has no ports");
  });
});
