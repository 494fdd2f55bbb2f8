import { z } from "zod";
import {
  absolutePath,
  command,
  flag,
  healthcheck,
  never,
  onlyDefault,
  restartPolicy,
  word,
  words,
} from "./fields";
import { limitFields } from "./limit-schema";

const portKey = z.string().regex(/^[0-9]{1,5}(\/(tcp|udp))?$/, "must be a port such as 80/tcp");
const empty = z.strictObject({}).nullish();

function list(pattern: RegExp, what: string): z.ZodOptional<z.ZodNullable<z.ZodArray<z.ZodString>>> {
  return z.array(z.string().regex(pattern, what)).max(64).nullish();
}

/** Text that means nothing to the engine, and is dropped. */
const onlyText = word
  .nullish()
  .transform((): undefined => undefined)
  .optional();

/** How a container stands in one network. What the engine fills in comes with zero values from most clients. */
export const endpointSchema = z.strictObject({
  IPAMConfig: z
    .strictObject({
      IPv4Address: z.string(),
      IPv6Address: z.string(),
      LinkLocalIPs: never("leave it to the engine"),
    })
    .partial()
    .nullish(),
  Links: words,
  Aliases: words,
  MacAddress: never("leave it to the engine"),
  DriverOpts: never("they reach the host's network"),
  GwPriority: z.int().min(-100).max(100).optional(),
  NetworkID: never("name the network by its key"),
  EndpointID: never("the engine sets it"),
  Gateway: never("the engine sets it"),
  IPAddress: never("use IPAMConfig"),
  IPPrefixLen: never("the engine sets it"),
  IPv6Gateway: never("the engine sets it"),
  GlobalIPv6Address: never("the engine sets it"),
  GlobalIPv6PrefixLen: never("the engine sets it"),
  DNSNames: never("use Aliases"),
});

const mount = z.strictObject({
  Type: z.enum(
    ["volume", "tmpfs"],
    "must be volume or tmpfs: no path of the host can be mounted, use a named volume",
  ),
  Source: z.string().optional(),
  Target: absolutePath,
  ReadOnly: z.boolean().optional(),
  Consistency: onlyDefault(["default", "consistent", "cached", "delegated"], "it has no effect here"),
  BindOptions: never("no path of the host can be mounted"),
  ImageOptions: never("images cannot be mounted"),
  ClusterOptions: never("no swarm"),
  VolumeOptions: z
    .strictObject({
      NoCopy: z.boolean().optional(),
      Labels: z.record(z.string(), z.string()).nullish(),
      Subpath: z
        .string()
        .regex(/^[^/\0][^\0]*$/)
        .refine((path) => !path.split("/").includes(".."))
        .or(z.literal(""))
        .optional(),
      DriverConfig: never(
        "volumes are of the local driver, without options: those can name a path of the host",
      ),
    })
    .nullish(),
  TmpfsOptions: z
    .strictObject({
      SizeBytes: z.int().min(0).optional(),
      Mode: z.int().min(0).max(0o1777).optional(),
      Options: never("use SizeBytes and Mode"),
    })
    .nullish(),
});

const hostConfig = z.strictObject({
  ...limitFields,
  Binds: words,
  Mounts: z.array(mount).max(64).nullish(),
  Tmpfs: z.record(absolutePath, z.string()).nullish(),
  NetworkMode: z.string().max(256).nullish(),
  PortBindings: z
    .record(
      portKey,
      z
        .array(z.strictObject({ HostIp: z.string().optional(), HostPort: z.string().optional() }))
        .max(16)
        .nullish(),
    )
    .nullish(),
  RestartPolicy: restartPolicy,
  AutoRemove: flag,
  CapAdd: words,
  CapDrop: words,
  SecurityOpt: words,
  Sysctls: z.record(z.string(), z.string()).nullish(),
  Dns: list(/^[0-9a-fA-F.:]{2,45}$/, "must be addresses"),
  DnsOptions: list(/^[a-z0-9:-]{1,64}$/, "must be options of resolv.conf"),
  DnsSearch: list(/^[A-Za-z0-9.-]{1,253}$/, "must be domains"),
  ExtraHosts: list(
    /^[A-Za-z0-9._-]{1,253}[:=]([0-9a-fA-F.:[\]]{2,47}|host-gateway)$/,
    "must be <name>:<address>",
  ),
  GroupAdd: list(/^[A-Za-z0-9_.-]{1,64}$/, "must be groups"),
  Links: words,
  VolumesFrom: words,
  IpcMode: word.nullish(),
  PidMode: word.nullish(),
  Init: flag,
  ReadonlyRootfs: flag,
  ShmSize: z
    .int()
    .min(0)
    .max(1024 ** 3)
    .nullish(),
  ConsoleSize: z.array(z.int().min(0).max(10_000)).length(2).nullish(),
  LogConfig: z
    .strictObject({
      Type: z.enum(["", "json-file"], "the logging driver is fixed").optional(),
      Config: never("the gateway sets the size of logs"),
    })
    .nullish(),
  /** A path on the client, which the engine only remembers. */
  ContainerIDFile: onlyText,
  Privileged: never("it is root on the host"),
  PublishAllPorts: never("name each port (-p) inside your range"),
  VolumeDriver: onlyDefault(["local"], "volumes are of the local driver"),
  CgroupnsMode: onlyDefault(["private"], "no namespace of the host"),
  Cgroup: never("a container stays in the engine's own cgroup"),
  UTSMode: never("no namespace of the host"),
  UsernsMode: never("no namespace of the host"),
  Runtime: onlyDefault(["runc"], "containers run under the engine's own runtime"),
  Isolation: onlyDefault(["default"], "Windows only"),
  OomScoreAdj: never("the host decides which process is ended first"),
  StorageOpt: never("the storage driver's options are the host's"),
  Annotations: never("they reach the runtime"),
  // An empty list means that nothing is masked, so that it is no zero value here.
  MaskedPaths: z.null("not allowed: what the engine masks stays masked").optional(),
  ReadonlyPaths: z.null("not allowed: what the engine protects stays read-only").optional(),
});

/** Everything that a create request may hold, by exact names. Forbidden fields are listed too, since clients send their zero values. */
export const createSchema = z.strictObject({
  /** dockerode repeats the parameter here, where the engine has no such field. */
  name: onlyText,
  Hostname: z
    .string()
    .regex(/^([A-Za-z0-9]([A-Za-z0-9-]{0,62}))?$/, "must be one host name part")
    .nullish(),
  Domainname: never("names in the network are the gateway's"),
  User: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]{0,128}$/)
    .nullish(),
  AttachStdin: flag,
  AttachStdout: flag,
  AttachStderr: flag,
  ExposedPorts: z.record(portKey, empty).nullish(),
  Tty: flag,
  OpenStdin: flag,
  StdinOnce: flag,
  Env: z
    .array(z.string().max(128 * 1024))
    .max(1024)
    .nullish(),
  Cmd: command,
  Healthcheck: healthcheck,
  ArgsEscaped: flag,
  Image: z.string().min(1),
  Volumes: z.record(absolutePath, empty).nullish(),
  WorkingDir: z.string().max(4096).nullish(),
  Entrypoint: command,
  NetworkDisabled: flag,
  MacAddress: never("leave it to the engine"),
  OnBuild: never("it belongs to images"),
  Labels: z.record(z.string(), z.string()).nullish(),
  StopSignal: z
    .string()
    .regex(/^[A-Z0-9+]{0,16}$/)
    .nullish(),
  StopTimeout: z.int().min(0).max(600).nullish(),
  Shell: words,
  HostConfig: hostConfig.nullish(),
  NetworkingConfig: z
    .strictObject({ EndpointsConfig: z.record(z.string(), endpointSchema.nullish()).nullish() })
    .nullish(),
});

export type CreateRequest = z.output<typeof createSchema>;
export type HostRequest = NonNullable<CreateRequest["HostConfig"]>;
export type EndpointRequest = z.output<typeof endpointSchema>;
