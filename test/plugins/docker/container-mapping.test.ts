import {
  containerProperties,
  fromContainer,
  toCreateRequest,
} from "../../../plugins/docker/container/aspects";
import { checkContainer } from "../../../plugins/docker/container/check";
import { formatDuration, parseDuration } from "../../../plugins/docker/container/duration";
import { joinFrames } from "../../../plugins/docker/container/logs";
import { amendDiff, updateRequest } from "../../../plugins/docker/container/update";
import type { InspectedContainer } from "../../../plugins/docker/container/aspect";
import { checkProperties } from "../../../plugins/kit/check";
import type { Properties } from "../../../plugins/kit/types";

/** Inputs as the kit hands them on: with defaults. */
const inputs = (given: Properties): Properties =>
  checkProperties(containerProperties, { name: "c", image: "i", ...given }, "Container").inputs;
const request = (given: Properties) => toCreateRequest(inputs(given));

test("limits reach the engine in its units", () => {
  expect(
    request({ memory: 64, memoryReservation: 32, memorySwap: 128, shmSize: 16, cpus: "1.5" }).HostConfig,
  ).toMatchObject({
    Memory: 64 * 1024 * 1024,
    MemoryReservation: 32 * 1024 * 1024,
    MemorySwap: 128 * 1024 * 1024,
    ShmSize: 16 * 1024 * 1024,
    NanoCpus: 1_500_000_000,
  });
  expect(request({ memorySwap: -1 }).HostConfig.MemorySwap).toBe(-1);
});

test("cpus wins over period and quota, which the engine refuses beside it", () => {
  const { HostConfig: host } = request({ cpus: "1", cpuPeriod: 100_000, cpuQuota: 50_000 });
  expect(host).not.toHaveProperty("CpuPeriod");
  expect(host).not.toHaveProperty("CpuQuota");
});

test("a port without an outside is published on a free one, on all addresses", () => {
  const made = request({
    ports: [{ internal: 80 }, { internal: 53, external: 5353, ip: "127.0.0.1", protocol: "udp" }],
  });
  expect(made.ExposedPorts).toEqual({ "80/tcp": {}, "53/udp": {} });
  expect(made.HostConfig.PortBindings).toEqual({
    "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "" }],
    "53/udp": [{ HostIp: "127.0.0.1", HostPort: "5353" }],
  });
});

test("mounts keep the options of their type", () => {
  const { Mounts: mounts } = request({
    mounts: [
      { type: "bind", source: "/srv", target: "/a", readOnly: true, bindOptions: { propagation: "rslave" } },
      { type: "tmpfs", target: "/b", tmpfsOptions: { sizeBytes: 1024, mode: 0o700 } },
      {
        type: "volume",
        source: "v",
        target: "/c",
        volumeOptions: { noCopy: true, subpath: "d", driverName: "local" },
      },
    ],
  }).HostConfig;
  expect(mounts).toMatchObject([
    { Type: "bind", Source: "/srv", Target: "/a", ReadOnly: true, BindOptions: { Propagation: "rslave" } },
    { Type: "tmpfs", Target: "/b", TmpfsOptions: { SizeBytes: 1024, Mode: 0o700 } },
    {
      Type: "volume",
      Source: "v",
      VolumeOptions: { NoCopy: true, Subpath: "d", DriverConfig: { Name: "local", Options: {} } },
    },
  ]);
});

test("volumes in short form become binds, anonymous volumes and borrowed ones", () => {
  const made = request({
    volumes: [
      { volumeName: "data", containerPath: "/data", readOnly: true },
      { hostPath: "/srv", containerPath: "/srv", selinuxRelabel: "Z" },
      { containerPath: "/scratch" },
      { fromContainer: "other" },
    ],
  });
  expect(made.HostConfig.Binds).toEqual(["data:/data:ro", "/srv:/srv:rw,Z"]);
  expect(made.Volumes).toEqual({ "/data": {}, "/srv": {}, "/scratch": {} });
  expect(made.HostConfig.VolumesFrom).toEqual(["other"]);
});

test("hardening reaches the engine", () => {
  expect(
    request({
      capabilities: { adds: ["NET_BIND_SERVICE"], drops: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      readOnly: true,
      init: true,
      ulimits: [{ name: "nofile", soft: 10, hard: 20 }],
      sysctls: { "net.core.somaxconn": "128" },
    }).HostConfig,
  ).toMatchObject({
    CapAdd: ["NET_BIND_SERVICE"],
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges:true"],
    ReadonlyRootfs: true,
    Init: true,
    Ulimits: [{ Name: "nofile", Soft: 10, Hard: 20 }],
    Sysctls: { "net.core.somaxconn": "128" },
  });
});

test("systempaths=unconfined is the client's to handle: no path is masked", () => {
  const { HostConfig: host } = request({ securityOpts: ["systempaths=unconfined", "apparmor=unconfined"] });
  expect(host).toMatchObject({ SecurityOpt: ["apparmor=unconfined"], MaskedPaths: [], ReadonlyPaths: [] });
});

test("devices default to their own path and all permissions; gpus are a request", () => {
  expect(request({ devices: [{ hostPath: "/dev/null" }], gpus: "all" }).HostConfig).toMatchObject({
    Devices: [{ PathOnHost: "/dev/null", PathInContainer: "/dev/null", CgroupPermissions: "rwm" }],
    DeviceRequests: [{ Count: -1, Capabilities: [["gpu"]] }],
  });
  expect(request({ gpus: '"device=0,1"' }).HostConfig.DeviceRequests).toMatchObject([
    { DeviceIDs: ["0", "1"] },
  ]);
});

test("a health check has its times in nanoseconds", () => {
  expect(
    request({ healthcheck: { tests: ["CMD", "true"], interval: "1m30s", timeout: "500ms", retries: 3 } })
      .Healthcheck,
  ).toEqual({ Test: ["CMD", "true"], Interval: 90e9, Timeout: 500e6, StartPeriod: 0, Retries: 3 });
});

test("the network that is the mode gets its aliases at creation", () => {
  expect(
    request({ networkMode: "net", networksAdvanced: [{ name: "net", aliases: ["a"] }] }).NetworkingConfig,
  ).toMatchObject({ EndpointsConfig: { net: { Aliases: ["a"] } } });
});

test.each([
  ["1h2m3s", 3723e9],
  ["1.5s", 1.5e9],
  ["0", 0],
  ["250ms", 250e6],
])("the duration %s is %d nanoseconds", (text, nanoseconds) => {
  expect(parseDuration(text)).toBe(nanoseconds);
});

test.each([["1h2m3s"], ["1m30s"], ["10s"], ["250ms"], ["0s"]])(
  "the duration %s is written as it was",
  (text) => {
    expect(formatDuration(parseDuration(text))).toBe(text);
  },
);

test("a duration without a unit is refused", () => {
  expect(() => parseDuration("30")).toThrow(/"30" is not a duration/);
});

test.each<[string, Properties, RegExp]>([
  ["memory", { memory: -1 }, /negative/],
  ["memorySwap", { memorySwap: -2 }, /-1 \(unlimited\)/],
  ["cpuSet", { cpuSet: "a" }, /processors/],
  ["command[1]", { command: ["a", ""] }, /empty/],
  ["healthcheck.interval", { healthcheck: { interval: "5" } }, /not a duration/],
  ["uploads[0]", { uploads: [{ file: "/a" }] }, /needs one of/],
  ["uploads[0]", { uploads: [{ file: "/a", content: "x", source: "y" }] }, /only one of them/],
  ["uploads[0].permissions", { uploads: [{ file: "/a", content: "x", permissions: "644" }] }, /octal/],
  ["volumes[0]", { volumes: [{}] }, /needs containerPath/],
  ["volumes[0].hostPath", { volumes: [{ hostPath: "a", containerPath: "/a" }] }, /absolute/],
  ["gpus", { gpus: "all", deviceRequests: [{ count: 1 }] }, /combined/],
  ["rm", { rm: true, restart: "always" }, /restart/],
])("refuses %s that the engine would not take", (property, given, reason) => {
  expect(checkContainer(inputs(given)).failures).toEqual([
    { property, reason: expect.stringMatching(reason) as string },
  ]);
});

test("an empty file may be uploaded", () => {
  expect(checkContainer(inputs({ uploads: [{ file: "/a", content: "" }] })).failures).toEqual([]);
});

test("a limit that is taken away replaces, because the engine cannot lift it", () => {
  const change = { property: "memory", kind: "delete", replace: false } as const;
  expect(amendDiff([change], { memory: 64 }, {})).toEqual([{ ...change, replace: true }]);
  expect(amendDiff([change], { memory: 64 }, { memory: 32 })).toEqual([change]);
});

test('no user and user "" are the same', () => {
  const change = { property: "user", kind: "add", replace: true } as const;
  expect(amendDiff([change], {}, { user: "" })).toEqual([]);
});

test("an update of memory moves the swap limit along, as creation would have set it", () => {
  expect(updateRequest(inputs({ memory: 64 }))).toMatchObject({
    Memory: 64 * 1024 ** 2,
    MemorySwap: 128 * 1024 ** 2,
  });
});

test("log output loses the engine's frames, whatever is in it", () => {
  const frame = (stream: number, text: string): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt8(stream, 0);
    head.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  expect(joinFrames(Buffer.concat([frame(1, "out ü\n"), frame(2, "err\n")])).toString()).toBe("out ü\nerr\n");
});

test("what the engine reports of a plain container is its name and image, and nothing that it chose itself", () => {
  const found = {
    Id: "abcdef0123456789",
    Name: "/c",
    State: { Running: true },
    Config: {
      Image: "i",
      Hostname: "abcdef012345",
      Env: ["PATH=/bin"],
      Cmd: ["sh"],
      Labels: {},
      Tty: false,
      OpenStdin: false,
    },
    HostConfig: {
      NetworkMode: "default",
      RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
      ShmSize: 67108864,
      Init: false,
    },
    NetworkSettings: { Networks: { bridge: { NetworkID: "b" } }, Ports: {} },
  } as unknown as InspectedContainer;
  const image = { Config: { Env: ["PATH=/bin"], Cmd: ["sh"], Labels: {} } } as never;
  expect(fromContainer(found, image, {})).toEqual({
    name: "c",
    image: "i",
    labels: [],
    envs: [],
    mounts: [],
    ports: [],
    tty: false,
    stdinOpen: false,
    restart: "no",
    memoryReservation: 0,
    networkMode: "bridge",
    readOnly: false,
  });
});

test("what the program asked for is read as its own, even where the image sets the same", () => {
  const found = {
    Id: "abcdef0123456789",
    Config: { Hostname: "abcdef012345", Env: ["PATH=/bin", "PORT=3000"], Labels: { a: "1", b: "2" } },
    HostConfig: { RestartPolicy: {} },
    NetworkSettings: { Networks: {}, Ports: {} },
    State: {},
    Name: "/c",
  } as unknown as InspectedContainer;
  const image = { Config: { Env: ["PATH=/bin", "PORT=3000"], Labels: { a: "1", b: "2" } } } as never;
  const asked = { envs: ["PORT=3000"], labels: [{ label: "a", value: "1" }] };
  expect(fromContainer(found, image, asked)).toMatchObject(asked);
});
