/** What clients send when nothing special was asked for, as seen on the wire. */

const zeroEndpoint = {
  ...{
    IPAMConfig: null,
    Links: null,
    MacAddress: "",
    DriverOpts: null,
    GwPriority: 0,
    NetworkID: "",
    EndpointID: "",
  },
  ...{
    Gateway: "",
    IPAddress: "",
    IPPrefixLen: 0,
    IPv6Gateway: "",
    GlobalIPv6Address: "",
    GlobalIPv6PrefixLen: 0,
    DNSNames: null,
  },
};

const zeroHost = {
  ...{
    Binds: null,
    ContainerIDFile: "",
    LogConfig: { Type: "", Config: {} },
    PortBindings: {},
    AutoRemove: false,
  },
  ...{
    RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
    VolumeDriver: "",
    VolumesFrom: null,
    ConsoleSize: [0, 0],
  },
  ...{
    CapAdd: null,
    CapDrop: null,
    CgroupnsMode: "",
    Dns: [],
    DnsOptions: [],
    DnsSearch: [],
    ExtraHosts: null,
    GroupAdd: null,
  },
  ...{
    IpcMode: "",
    Cgroup: "",
    Links: null,
    OomScoreAdj: 0,
    PidMode: "",
    Privileged: false,
    PublishAllPorts: false,
  },
  ...{
    ReadonlyRootfs: false,
    SecurityOpt: null,
    UTSMode: "",
    UsernsMode: "",
    ShmSize: 0,
    Isolation: "",
    CpuShares: 0,
    Memory: 0,
  },
  ...{
    NanoCpus: 0,
    CgroupParent: "",
    BlkioWeight: 0,
    BlkioWeightDevice: [],
    BlkioDeviceReadBps: [],
    BlkioDeviceWriteBps: [],
  },
  ...{
    BlkioDeviceReadIOps: [],
    BlkioDeviceWriteIOps: [],
    CpuPeriod: 0,
    CpuQuota: 0,
    CpuRealtimePeriod: 0,
    CpuRealtimeRuntime: 0,
  },
  ...{
    CpusetCpus: "",
    CpusetMems: "",
    Devices: [],
    DeviceCgroupRules: null,
    DeviceRequests: null,
    KernelMemory: 0,
    KernelMemoryTCP: 0,
  },
  ...{
    MemoryReservation: 0,
    MemorySwap: 0,
    MemorySwappiness: -1,
    OomKillDisable: false,
    PidsLimit: 0,
    Ulimits: [],
    CpuCount: 0,
  },
  ...{ CpuPercent: 0, IOMaximumIOps: 0, IOMaximumBandwidth: 0, MaskedPaths: null, ReadonlyPaths: null },
};

const zeroConfig = {
  ...{
    Hostname: "",
    Domainname: "",
    User: "",
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
  },
  ...{
    OpenStdin: false,
    StdinOnce: false,
    Env: null,
    Cmd: ["true"],
    Image: "debian:trixie",
    WorkingDir: "",
    Entrypoint: null,
  },
  ...{ OnBuild: null },
};

/** docker 20.10 and 28: `docker run debian:trixie true`. */
export function dockerRunBody(): Record<string, unknown> {
  return {
    ...{ ...zeroConfig, Volumes: {}, Labels: {} },
    HostConfig: { ...zeroHost, NetworkMode: "default" },
    NetworkingConfig: { EndpointsConfig: { default: { ...zeroEndpoint, Aliases: null } } },
  };
}

/** docker compose 2.40, a service with a volume, a port and a network. */
export function composeBody(): Record<string, unknown> {
  return {
    ...{ ...zeroConfig, Volumes: null, ExposedPorts: { "80/tcp": {} } },
    Labels: { "com.docker.compose.project": "proj", "com.docker.compose.service": "web" },
    HostConfig: {
      ...{
        ...zeroHost,
        MemorySwappiness: null,
        PidsLimit: null,
        Ulimits: null,
        LogConfig: { Type: "", Config: null },
      },
      ...{ RestartPolicy: { Name: "", MaximumRetryCount: 0 }, ExtraHosts: [], NetworkMode: "own" },
      ...{
        Binds: ["data:/data:rw"],
        PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "20150" }] },
      },
    },
    NetworkingConfig: { EndpointsConfig: { own: { ...zeroEndpoint, Aliases: ["proj-web-1", "web"] } } },
  };
}
