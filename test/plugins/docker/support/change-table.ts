/**
 * What a change of each input means, per resource: our own table, each row with where it is from.
 *
 * Sources:
 *   schema    package schema of the official docker plugin: `willReplaceOnChanges`, or its absence
 *   upstream  kreuzwerker/terraform-provider-docker: ForceNew, and what its Update function does
 *   engine    the Engine API cannot change it on an object that exists (POST /containers/{id}/update has no such field), and
 *             the official plugin reports an update that has no effect (kreuzwerker/terraform-provider-docker#988)
 *   native    pulumi/pulumi-docker, provider/provider.go: diffUpdates
 *   sdk       @pulumi/docker 5.2.0 has it and the 5.1.0 schema does not; its siblings replace
 */
export interface ChangeRow {
  property: string;
  from: unknown;
  to: unknown;
  means: "replace" | "update" | "nothing";
  source: "schema" | "upstream" | "engine" | "native" | "sdk";
}

type Rows = Record<
  string,
  [from: unknown, to: unknown, means: ChangeRow["means"], source: ChangeRow["source"]]
>;

const rows = (table: Rows): ChangeRow[] =>
  Object.entries(table).map(([property, [from, to, means, source]]) => ({
    property,
    from,
    to,
    means,
    source,
  }));

const label = (value: string) => [{ label: "l", value }];
const device = (rate: number) => [{ path: "/dev/null", rate }];

export const CHANGES: Record<string, ChangeRow[]> = {
  "docker:index/network:Network": rows({
    attachable: [false, true, "replace", "schema"],
    driver: ["bridge", "macvlan", "replace", "schema"],
    ingress: [false, true, "replace", "schema"],
    internal: [false, true, "replace", "schema"],
    ipamConfigs: [[{ subnet: "10.1.0.0/24" }], [{ subnet: "10.2.0.0/24" }], "replace", "schema"],
    ipamDriver: ["default", "other", "replace", "schema"],
    ipamOptions: [{ a: "1" }, { a: "2" }, "replace", "schema"],
    ipv6: [false, true, "replace", "schema"],
    labels: [label("1"), label("2"), "replace", "schema"],
    name: ["a", "b", "replace", "schema"],
    options: [{ a: "1" }, { a: "2" }, "replace", "schema"],
  }),
  "docker:index/volume:Volume": rows({
    driver: ["local", "other", "replace", "schema"],
    driverOpts: [{ a: "1" }, { a: "2" }, "replace", "schema"],
    labels: [label("1"), label("2"), "replace", "schema"],
    name: ["a", "b", "replace", "schema"],
  }),
  "docker:index/tag:Tag": rows({
    sourceImage: ["a", "b", "replace", "schema"],
    tagTriggers: [["a"], ["b"], "replace", "schema"],
    targetImage: ["a", "b", "replace", "schema"],
  }),
  "docker:index/remoteImage:RemoteImage": rows({
    forceRemove: [false, true, "update", "schema"],
    keepLocally: [false, true, "update", "schema"],
    name: ["a", "b", "replace", "schema"],
    platform: ["linux/amd64", "linux/arm64", "replace", "schema"],
    pullTriggers: [["a"], ["b"], "replace", "schema"],
    triggers: [{ a: "1" }, { a: "2" }, "replace", "schema"],
  }),
  "docker:index/registryImage:RegistryImage": rows({
    authConfig: [{ address: "a", username: "u" }, { address: "a", username: "v" }, "update", "schema"],
    insecureSkipVerify: [false, true, "update", "schema"],
    keepRemotely: [false, true, "update", "schema"],
    name: ["a", "b", "replace", "schema"],
    triggers: [{ a: "1" }, { a: "2" }, "replace", "schema"],
  }),
  "docker:index/image:Image": rows({
    imageName: ["a", "b", "update", "schema"],
    build: [{ contextDigest: "1" }, { contextDigest: "2" }, "update", "schema"],
    buildOnPreview: [false, true, "update", "schema"],
    skipPush: [false, true, "update", "schema"],
    registry: [{ server: "a", password: "1" }, { server: "b", password: "1" }, "update", "schema"],
    "registry.password": [
      { server: "a", password: "1" },
      { server: "a", password: "2" },
      "nothing",
      "native",
    ],
    "registry.username": [
      { server: "a", username: "1" },
      { server: "a", username: "2" },
      "nothing",
      "native",
    ],
  }),
  "docker:index/container:Container": rows({
    attach: [false, true, "update", "schema"],
    capabilities: [{ drops: ["ALL"] }, { drops: ["CHOWN"] }, "replace", "schema"],
    cgroupParent: ["a", "b", "replace", "schema"],
    cgroupnsMode: ["private", "host", "replace", "schema"],
    command: [["a"], ["b"], "replace", "schema"],
    containerReadRefreshTimeoutMilliseconds: [1, 2, "update", "schema"],
    cpuPeriod: [100_000, 50_000, "update", "schema"],
    cpuQuota: [100_000, 50_000, "update", "schema"],
    cpuSet: ["0", "0-1", "update", "schema"],
    cpuShares: [512, 1024, "update", "schema"],
    cpus: ["1", "2", "replace", "schema"],
    destroyGraceSeconds: [1, 2, "update", "schema"],
    deviceCgroupRules: [["c 1:3 mr"], ["c 1:5 mr"], "replace", "sdk"],
    deviceReadBps: [device(1), device(2), "replace", "engine"],
    deviceReadIops: [device(1), device(2), "replace", "engine"],
    deviceRequests: [[{ count: 1 }], [{ count: 2 }], "replace", "schema"],
    deviceWriteBps: [device(1), device(2), "replace", "engine"],
    deviceWriteIops: [device(1), device(2), "replace", "engine"],
    devices: [[{ hostPath: "/dev/null" }], [{ hostPath: "/dev/zero" }], "replace", "schema"],
    dns: [["1.1.1.1"], ["8.8.8.8"], "replace", "schema"],
    dnsOpts: [["a"], ["b"], "replace", "schema"],
    dnsSearches: [["a"], ["b"], "replace", "schema"],
    domainname: ["a", "b", "replace", "schema"],
    entrypoints: [["a"], ["b"], "replace", "schema"],
    envs: [["A=1"], ["A=2"], "replace", "schema"],
    gpus: ["all", "1", "replace", "schema"],
    groupAdds: [["1"], ["2"], "replace", "schema"],
    healthcheck: [{ tests: ["CMD", "true"] }, { tests: ["CMD", "false"] }, "replace", "engine"],
    hostname: ["a", "b", "replace", "schema"],
    hosts: [[{ host: "a", ip: "1.1.1.1" }], [{ host: "a", ip: "8.8.8.8" }], "replace", "schema"],
    image: ["a", "b", "replace", "schema"],
    init: [false, true, "replace", "engine"],
    ipcMode: ["private", "shareable", "replace", "schema"],
    labels: [label("1"), label("2"), "replace", "schema"],
    logDriver: ["json-file", "none", "replace", "schema"],
    logOpts: [{ "max-size": "1m" }, { "max-size": "2m" }, "replace", "schema"],
    logs: [false, true, "update", "schema"],
    maxRetryCount: [1, 2, "update", "upstream"],
    memory: [64, 128, "update", "upstream"],
    memoryReservation: [32, 64, "update", "upstream"],
    memorySwap: [128, 256, "update", "upstream"],
    mounts: [[{ type: "tmpfs", target: "/a" }], [{ type: "tmpfs", target: "/b" }], "replace", "schema"],
    mustRun: [false, true, "update", "upstream"],
    name: ["a", "b", "replace", "schema"],
    networkMode: ["bridge", "none", "replace", "schema"],
    networksAdvanced: [[{ name: "a" }], [{ name: "b" }], "replace", "schema"],
    pidMode: ["host", "container:a", "replace", "schema"],
    platform: ["linux/amd64", "linux/arm64", "replace", "schema"],
    ports: [[{ internal: 80, external: 1 }], [{ internal: 80, external: 2 }], "replace", "schema"],
    privileged: [false, true, "replace", "schema"],
    publishAllPorts: [false, true, "replace", "schema"],
    readOnly: [false, true, "replace", "schema"],
    removeVolumes: [false, true, "update", "schema"],
    restart: ["no", "always", "update", "upstream"],
    rm: [false, true, "replace", "engine"],
    runtime: ["runc", "other", "replace", "schema"],
    securityOpts: [["a"], ["b"], "replace", "schema"],
    shmSize: [64, 128, "replace", "schema"],
    start: [false, true, "update", "schema"],
    stdinOpen: [false, true, "replace", "schema"],
    stopSignal: ["SIGTERM", "SIGINT", "replace", "schema"],
    stopTimeout: [1, 2, "replace", "schema"],
    storageOpts: [{ a: "1" }, { a: "2" }, "replace", "schema"],
    sysctls: [{ a: "1" }, { a: "2" }, "replace", "schema"],
    tmpfs: [{ "/a": "" }, { "/b": "" }, "replace", "engine"],
    tty: [false, true, "replace", "schema"],
    ulimits: [
      [{ name: "nofile", soft: 1, hard: 2 }],
      [{ name: "nofile", soft: 1, hard: 3 }],
      "replace",
      "schema",
    ],
    uploads: [[{ file: "/a", content: "1" }], [{ file: "/a", content: "2" }], "replace", "schema"],
    user: ["1", "2", "replace", "schema"],
    usernsMode: ["host", "", "replace", "schema"],
    volumes: [[{ containerPath: "/a" }], [{ containerPath: "/b" }], "replace", "schema"],
    wait: [false, true, "update", "schema"],
    waitTimeout: [1, 2, "update", "schema"],
    workingDir: ["/a", "/b", "replace", "schema"],
  }),
};

/** Inputs that are refused whatever their value, and so have no row. */
export const REFUSED: Record<string, string[]> = {
  "docker:index/volume:Volume": ["cluster"],
  "docker:index/remoteImage:RemoteImage": ["build"],
  "docker:index/registryImage:RegistryImage": ["build"],
};
