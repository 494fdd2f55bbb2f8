import type { Environment } from "../../policy/rules";
import type { Inputs } from "../../policy/inputs";

export const CONTAINER = "docker:index/container:Container";
export const digest = `registry.example/shop@sha256:${"a".repeat(64)}`;
export const imageId = `sha256:${"a".repeat(64)}`;

/** Inputs of a container that keeps every rule in every environment. */
export const goodContainer: Inputs = {
  name: "berth-dev-01-shop",
  image: digest,
  labels: [{ label: "berth.role", value: "app" }],
  envs: ["BERTH_DEV_MODE=false", "PORT=3000"],
  networkMode: "berth-dev-network",
  networksAdvanced: [{ name: "berth-dev-network" }],
  memory: 128,
  memorySwap: 128,
  capabilities: { drops: ["ALL"], adds: ["CAP_CHOWN"] },
  securityOpts: ["no-new-privileges"],
  mounts: [{ type: "volume", source: "data", target: "/data" }],
};

/** One rule broken and kept, by a resource's type and inputs as a raw resource has them. */
export interface ResourceCase {
  rule: string;
  what: string;
  environment: Environment;
  type: string;
  broken: Inputs;
  kept: Inputs;
  /** Where it is kept, if elsewhere. */
  keptIn?: Environment;
  /** What the refusal says, beside the rule's name. */
  says: RegExp;
}

function container(
  rule: string,
  what: string,
  broken: Inputs,
  says: RegExp,
  { environment = "dev", kept = {} }: { environment?: Environment; kept?: Inputs } = {},
): ResourceCase {
  return {
    ...{ rule, what, environment, says, type: CONTAINER },
    broken: { ...goodContainer, ...broken },
    kept: { ...goodContainer, ...kept },
  };
}

const role = (name: string): Inputs => ({ labels: [{ label: "berth.role", value: name }] });
const bind = (source: string, more: Inputs = {}): Inputs => ({
  mounts: [{ type: "bind", source, target: "/app/src", readOnly: true, ...more }],
});
const socket = bind("/var/run/docker.sock", { target: "/var/run/docker.sock" });
const keeper = { ...role("proxy-routes"), networkMode: "none", networksAdvanced: undefined };
const wayIn = { ...role("gateway"), networkMode: "berth-dev-identity", networksAdvanced: undefined };
const source = { kept: bind("/srv/work/shop/src") };
const inPro = { environment: "pro" as const };

export const containerCases: ResourceCase[] = [
  container(
    "live-source",
    "reload in pro",
    { envs: ["BERTH_DEV_MODE=true"] },
    /reload is for dev only/,
    inPro,
  ),
  container("live-source", "sync in tst", role("sync"), /sync is for dev only/, { environment: "tst" }),
  container("image-by-digest", "a tag in pro", { image: "shop:1" }, /not a tag/, inPro),
  container("image-by-digest", "a tag in tst", { image: "shop:1" }, /not a tag/, {
    ...{ environment: "tst", kept: { image: imageId } },
  }),
  container("no-privileged", "privileged", { privileged: true }, /remove privileged/, {
    kept: { privileged: false },
  }),
  container("docker-socket", "the socket in an app", socket, /gives it the engine's socket/, {
    kept: { ...keeper, ...socket },
  }),
  container(
    "docker-socket",
    "the socket beside a network",
    { ...socket, ...role("proxy-routes") },
    /networkMode none/,
  ),
  container(
    "docker-socket",
    "the gateway's socket on the apps' network",
    { ...wayIn, ...socket, networkMode: "berth-dev-network" },
    /gateway on the identity network/,
    { kept: { ...wayIn, ...socket } },
  ),
  container(
    "docker-socket",
    "the gateway's socket beside another network",
    { ...wayIn, ...socket, networksAdvanced: [{ name: "berth-dev-network" }] },
    /gateway on the identity network/,
    { kept: { ...wayIn, ...socket } },
  ),
  container(
    "docker-socket",
    "another socket by its place",
    bind("/srv/x", { target: "/run/docker.sock" }),
    /socket/,
  ),
  container("docker-socket", "a socket at any other place", bind("/srv/engine/../api.sock"), /socket/),
  container(
    "docker-socket",
    "a folder in the socket's name",
    { ...keeper, ...bind("/", { target: "/var/run/docker.sock" }) },
    /socket/,
  ),
  container(
    "docker-socket",
    "the socket as an older kind of mount",
    { volumes: [{ hostPath: "/run/docker.sock", containerPath: "/s" }] },
    /volumes\[0\] gives it the engine's socket/,
  ),
  container("host-paths", "a path of the host in tst", bind("/srv/work/shop/src"), /for dev only/, {
    environment: "tst",
  }),
  container(
    "host-paths",
    "a path for writing",
    bind("/srv/shop", { readOnly: false }),
    /set readOnly/,
    source,
  ),
  container("host-paths", "the root of the host", bind("/"), /lies in/, source),
  container("host-paths", "/etc by a detour", bind("/srv/../etc/ssl"), /\/etc/, source),
  container("host-paths", "the engine's data, from above", bind("/var/lib/"), /\/var\/lib/, source),
  container("host-paths", "a home", bind("/home/ada"), /somebody's home/, source),
  container("host-paths", "credentials", bind("/home/ada/.ssh"), /somebody's home/, {
    kept: bind("/home/ada/shop/src"),
  }),
  container("host-paths", "a relative path", bind("src"), /absolute path/, source),
  container(
    "host-paths",
    "a pipe",
    { mounts: [{ type: "npipe", source: "a", target: "b" }] },
    /type "npipe"/,
  ),
  container(
    "host-paths",
    "a path as an older kind of mount",
    { volumes: [{ hostPath: "/etc", containerPath: "/e", readOnly: true }] },
    /volumes\[0\] mounts \/etc/,
    { kept: { volumes: [{ volumeName: "data", containerPath: "/data" }] } },
  ),
  container(
    "host-paths",
    "another's mounts",
    { volumes: [{ fromContainer: "x" }] },
    /another container's mounts/,
  ),
  container(
    "host-paths",
    "a volume that binds a path",
    {
      mounts: [
        { type: "volume", target: "/x", volumeOptions: { driverOptions: { o: "bind", device: "/etc" } } },
      ],
    },
    /mounts\[0\] is a volume that binds/,
  ),
  container("explicit-network", "no network", { networkMode: undefined }, /default network/, {
    kept: { networkMode: "none", networksAdvanced: [] },
  }),
  container("explicit-network", "the default bridge", { networkMode: "bridge" }, /default network/),
  container(
    "explicit-network",
    "the bridge beside it",
    { networksAdvanced: [{ name: "bridge" }] },
    /remove bridge/,
  ),
  container("host-namespaces", "the host's network", { networkMode: "host" }, /networkMode host/),
  container(
    "host-namespaces",
    "another's network",
    { networkMode: "container:abc" },
    /networkMode container:abc/,
  ),
  container("host-namespaces", "joining host", { networksAdvanced: [{ name: "host" }] }, /remove host/),
  ...["pidMode", "ipcMode", "usernsMode", "cgroupnsMode"].map((key) =>
    container("host-namespaces", key, { [key]: "host" }, new RegExp(`${key} host`), {
      kept: { [key]: "private" },
    }),
  ),
  container("memory-limit", "no memory limit", { memory: undefined }, /set memory, in MB/),
  container("memory-limit", "memory 0", { memory: 0 }, /set memory, in MB/),
  container("memory-limit", "endless swap", { memorySwap: -1 }, /set memorySwap/, {
    kept: { memorySwap: undefined },
  }),
  container("capabilities", "none dropped", { capabilities: undefined }, /set capabilities\.drops/),
  container(
    "capabilities",
    "some dropped",
    { capabilities: { drops: ["NET_RAW"] } },
    /set capabilities\.drops/,
    {
      kept: { capabilities: { drops: ["CAP_ALL"] } },
    },
  ),
  container(
    "capabilities",
    "SYS_ADMIN back",
    { capabilities: { drops: ["ALL"], adds: ["CAP_SYS_ADMIN", "SETUID"] } },
    /^CAP_SYS_ADMIN is no capability to give back: use only CHOWN/,
  ),
  container("no-new-privileges", "absent", { securityOpts: [] }, /add "no-new-privileges"/, {
    kept: { securityOpts: ["no-new-privileges:true"] },
  }),
  container(
    "no-new-privileges",
    "a filter off",
    { securityOpts: ["no-new-privileges", "seccomp=unconfined"] },
    /"seccomp=unconfined" switches a filter/,
  ),
  container("no-devices", "a device", { devices: [{ hostPath: "/dev/kvm" }] }, /remove devices/),
  container(
    "no-devices",
    "a kind of devices",
    { deviceCgroupRules: ["c 1:3 r"] },
    /remove deviceCgroupRules/,
  ),
  container("no-devices", "GPUs", { gpus: "all" }, /remove gpus/),
  container("published-ports", "an app's port", { ports: [{ internal: 80, external: 80 }] }, /remove ports/, {
    kept: { ports: [{ internal: 80, external: 80 }], ...role("proxy") },
  }),
  container(
    "published-ports",
    "any port of an unlabelled one",
    { publishAllPorts: true, labels: [] },
    /remove ports/,
  ),
];

const PROVISION = "node .berth/build/provision.js settle --container berth-dev-01-shop --limit 64";
const FLY = "node ../.berth/build/fly-machines.js machine --remove";
const command = (what: string, broken: Inputs, says: RegExp): ResourceCase => ({
  ...{ rule: "own-commands-only", what, environment: "dev", type: "command:local:Command", says },
  broken: { create: PROVISION, ...broken },
  kept: {
    create: PROVISION,
    update: FLY,
    delete: `${PROVISION} --remove`,
    environment: { DOCKER_HOST: "unix:///s" },
  },
});

const certificate = (what: string, type: string, inputs: Inputs, longest: number): ResourceCase => ({
  ...{ rule: "certificate-life", what, environment: "dev", type: `tls:index/${type}` },
  broken: { ...inputs, validityPeriodHours: longest + 1 },
  kept: { ...inputs, validityPeriodHours: longest },
  says: new RegExp(`set its validity to 1 to ${longest} hours`),
});
const SIGNED = "locallySignedCert:LocallySignedCert";
const SELF_SIGNED = "selfSignedCert:SelfSignedCert";

const image = (type: string, broken: Inputs, says: RegExp): Omit<ResourceCase, "rule" | "what" | "kept"> => ({
  ...{ environment: "pro", type: `docker:index/${type}`, broken, says },
});
const REMOTE = "remoteImage:RemoteImage";
const build = { context: "." };

const cloudContainer: Inputs = {
  name: "workspace",
  image: digest,
  resources: { requests: { cpu: 1, memoryInGB: 2 } },
};
const inCloud = (what: string, broken: Inputs, says: RegExp): ResourceCase => ({
  ...{ rule: "cloud-containers", what, environment: "pro", says },
  type: "azure-native:containerinstance:ContainerGroup",
  broken: { containers: [{ ...cloudContainer, ...broken }] },
  kept: { containers: [cloudContainer] },
});
const door = (type: string, broken: Inputs): ResourceCase => ({
  ...{
    rule: "cloud-doors",
    what: Object.keys(broken).join(),
    environment: "dev",
    type: `azure-native:${type}`,
  },
  broken,
  kept: {},
  says: /leaves it open: remove it/,
});
const ACCOUNT = "storage:StorageAccount";
const REGISTRY = "containerregistry:Registry";

export const otherCases: ResourceCase[] = [
  inCloud("an image by tag", { image: "workspace:1" }, /container workspace: pro takes a digest/),
  inCloud("no memory", { resources: { requests: { cpu: 1 } } }, /set resources\.requests\.memoryInGB/),
  inCloud("no CPU", { resources: { requests: { memoryInGB: 1 } } }, /set resources\.requests\.cpu/),
  inCloud("a privileged one", { securityContext: { privileged: true } }, /asks for further rights/),
  inCloud("a capability", { securityContext: { capabilities: { add: ["SYS_ADMIN"] } } }, /asks for further/),
  door(ACCOUNT, { allowBlobPublicAccess: true }),
  door(ACCOUNT, { enableHttpsTrafficOnly: false }),
  door(ACCOUNT, { minimumTlsVersion: "TLS1_0" }),
  door(REGISTRY, { adminUserEnabled: true }),
  door(REGISTRY, { anonymousPullEnabled: true }),
  command("docker run", { create: "docker run shop" }, /create runs something else/),
  command("a second command", { delete: `${PROVISION}; docker run shop` }, /delete runs something else/),
  command("a second line", { update: `${PROVISION}\ndocker run shop` }, /update runs something else/),
  command("a substituted word", { create: `${PROVISION} $(docker run shop)` }, /create runs something else/),
  command("a step at Fly.io with a second command", { update: `${FLY}; docker run shop` }, /update runs/),
  command("an unknown step at Fly.io", { update: "node .berth/build/fly-machines.js all" }, /update runs/),
  command("another Node", { environment: { NODE_OPTIONS: "--require x" } }, /environment\.NODE_OPTIONS/),
  command("another shell", { interpreter: ["docker", "run"] }, /remove interpreter/),
  command("another folder", { dir: "/tmp" }, /remove dir/),
  certificate("a root", SELF_SIGNED, { isCaCertificate: true }, 175_200),
  certificate("an issuing CA", SIGNED, { isCaCertificate: true }, 87_600),
  certificate("a server", SIGNED, { allowedUses: ["digital_signature", "server_auth"] }, 9_528),
  certificate("a client", SIGNED, { allowedUses: ["client_auth"] }, 2_160),
  certificate("both", SIGNED, { allowedUses: ["client_auth", "server_auth"] }, 2_160),
  certificate("a certificate for nothing", SELF_SIGNED, {}, 2_160),
  {
    ...image("image:Image", { imageName: "shop", build }, /make promote APP=… TO=pro/),
    ...{ rule: "no-builds", what: "a build in pro", kept: {}, keptIn: "dev" as const },
  },
  {
    ...image(REMOTE, { name: digest, build }, /pro builds no images/),
    ...{ rule: "no-builds", what: "a pull that builds", kept: { name: digest } },
  },
  {
    ...image("registryImage:RegistryImage", { name: "shop", build }, /pro builds no images/),
    ...{ rule: "no-builds", what: "a push that builds", kept: { name: "shop" } },
  },
  {
    ...image(REMOTE, { name: "shop:1" }, /not a tag/),
    ...{ rule: "image-by-digest", what: "a pull by tag", kept: { name: digest } },
  },
  {
    ...{
      rule: "network-subnet",
      what: "no subnet",
      environment: "dev",
      type: "docker:index/network:Network",
    },
    ...{
      broken: { driver: "bridge" },
      kept: { ipamConfigs: [{ subnet: "10.1.2.0/24" }] },
      says: /set ipamConfigs/,
    },
  },
  {
    ...{ rule: "network-subnet", what: "macvlan", environment: "dev", type: "docker:index/network:Network" },
    broken: { driver: "macvlan", ipamConfigs: [{ subnet: "10.1.2.0/24" }] },
    kept: { driver: "bridge", ipamConfigs: [{ subnet: "10.1.2.0/24" }] },
    says: /set driver to bridge/,
  },
  {
    ...{
      rule: "host-paths",
      what: "a volume on a path",
      environment: "dev",
      type: "docker:index/volume:Volume",
    },
    broken: { driverOpts: { type: "none", o: "bind,rw", device: "/etc" } },
    kept: { driverOpts: { type: "nfs", o: "addr=10.1.2.3", device: ":/data" } },
    says: /bind \/etc of the host/,
  },
];
