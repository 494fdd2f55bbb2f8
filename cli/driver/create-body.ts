import type Docker from "dockerode";
import type { ContainerSpec, SpecMount } from "../../spec/container-spec";

/** What a container is told apart by: a container without it was not made by this driver. */
export const SPEC_HASH_LABEL = "org.berth.spec-hash";

/** Of a volume without a name that the engine fills from the image: whatever is in it can be had again. */
export const FROM_IMAGE_LABEL = "org.berth.from-image";

const MIB = 1024 * 1024;
const SECOND = 1e9;
const STOP_SECONDS = 15;

/** A port of the container that is published on the host. */
export interface PublishedPort {
  containerPort: number;
  /** "" for one that the gateway picks from the developer's range. */
  hostPort: string;
}

/** What a create request needs beyond the spec. */
export interface CreateDetails {
  /** `sha256:…`, so that what runs is what was looked at. */
  imageId: string;
  /** Name of the environment's network. */
  network: string;
  specHash: string;
  published: readonly PublishedPort[];
  /** Volumes without a name that a predecessor leaves to this one, by their target. */
  own?: ReadonlyMap<string, string>;
}

/** Labels under `berth.` that a client of the gateway may set; the others of the spec are the gateway's own, from the certificate. */
const OWN_LABELS = ["berth.env", "berth.app", "berth.port"];

/**
 * The pure mapping of a spec to the Engine API's create request (Docker Engine API, ContainerCreate): the same container as
 * components/hardened-container.ts describes to Pulumi.
 */
export function createBody(
  spec: ContainerSpec,
  { imageId, network, specHash, published, own }: CreateDetails,
): Docker.ContainerCreateOptions {
  const memory = spec.memoryMb * MIB;
  const labels = spec.labels.filter(({ label }) => !label.startsWith("berth.") || OWN_LABELS.includes(label));
  return {
    Image: imageId,
    Cmd: spec.command,
    Env: spec.environment,
    User: spec.user,
    WorkingDir: spec.workingFolder,
    Labels: {
      ...Object.fromEntries(labels.map(({ label, value }) => [label, value])),
      [SPEC_HASH_LABEL]: specHash,
    },
    Healthcheck: {
      Test: spec.healthCommand,
      Interval: spec.healthIntervalSeconds * SECOND,
      Timeout: 5 * SECOND,
      StartPeriod: spec.healthStartSeconds * SECOND,
      Retries: 3,
    },
    StopTimeout: STOP_SECONDS,
    ExposedPorts: Object.fromEntries(published.map((port) => [portKey(port), {}])),
    HostConfig: {
      NetworkMode: network,
      RestartPolicy: { Name: spec.restart ?? "unless-stopped" },
      CapDrop: ["ALL"],
      CapAdd: spec.capabilities.map((name) => `CAP_${name}`),
      SecurityOpt: ["no-new-privileges"],
      Sysctls: { "net.ipv4.ip_forward": "0" },
      Memory: memory,
      MemorySwap: memory,
      NanoCpus: Math.round(spec.cpus * 1e9),
      PidsLimit: spec.pids,
      Init: false,
      Mounts: spec.mounts.map((mount) =>
        mountOf({ ...mount, source: mount.source ?? own?.get(mount.target) }),
      ),
      PortBindings: Object.fromEntries(
        published.map((port) => [portKey(port), [{ HostPort: port.hostPort }]]),
      ),
    },
  };
}

/** As the Engine API writes it. */
export const portKey = ({ containerPort }: Pick<PublishedPort, "containerPort">): string =>
  `${containerPort}/tcp`;

/** The types of dockerode ask for fields that the engine does not need. */
function mountOf({ type, source, target, readOnly, copiesImage }: SpecMount): Docker.MountSettings {
  return {
    Type: type,
    ...(source !== undefined && { Source: source }),
    Target: target,
    ...(readOnly && { ReadOnly: true }),
    ...(type === "volume" && !copiesImage && { VolumeOptions: { NoCopy: true } }),
    ...(copiesImage && source === undefined && { VolumeOptions: { Labels: { [FROM_IMAGE_LABEL]: "true" } } }),
  } as Docker.MountSettings;
}
