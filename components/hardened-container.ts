import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { EngineAddress } from "../config/engine-address";
import { guardCommand, guardContainer } from "../policy/guard";
import { provisioner } from "./provisioning";

/** One file that a container gets before it starts. */
export interface ContainerFile {
  /** Absolute path in the container. */
  path: string;
  /** Text of a secret or setting; a secret stays encrypted in the state. */
  content?: pulumi.Input<string>;
  /** A local file instead, told apart by its digest so that the state holds no copy. */
  source?: { path: string; sha256: string };
}

/** One folder, file or socket that a container sees. */
export interface ContainerMount {
  type: "bind" | "volume";
  /** Absolute path on the engine's host, or a volume's name; a volume without a name goes with the container. */
  source?: pulumi.Input<string>;
  /** Absolute path in the container. */
  target: string;
  readOnly?: boolean;
  /** Whether a new volume gets what the image has at the target; default true, as the engine does. */
  copiesImage?: boolean;
}

export interface HardenedContainerArgs {
  name: string;
  /** Image id or digest: a rebuilt image is another id, so that the container is replaced. */
  image: pulumi.Input<string>;
  engine: EngineAddress;
  /** Network's name; none for a container without any network. */
  network: pulumi.Input<string> | undefined;
  labels: { label: string; value: string }[];
  memoryMb: number;
  /** Cores, 1 = one core; no limit where absent. */
  cpus?: number;
  /** Processes and threads together. */
  pids: number;
  health: {
    command: string[];
    /** How often the engine asks once it runs; each time is a process of some 80 ms CPU, so that hundreds of containers need minutes. */
    intervalSeconds: number;
    startSeconds: number;
  };
  /** `NAME=value`; never a secret, since `docker inspect` shows it. */
  environment?: pulumi.Input<string>[];
  mounts?: ContainerMount[];
  files?: ContainerFile[];
  ports?: docker.types.input.ContainerPort[];
  command?: string[];
  /** Given back after all were dropped; default none. */
  capabilities?: string[];
  /** Default: the image's user. */
  user?: string;
  /** Default: the image's. */
  workingFolder?: string;
  /** Default unless-stopped. */
  restart?: "unless-stopped" | "on-failure";
  /** How long the container may take to become healthy. */
  healthyWithinSeconds: number;
  /** What must be there before the container is made. As dependsOn of the component it would hold up all that is declared in it. */
  after?: pulumi.Input<pulumi.Resource>[];
}

/**
 * A container with the least rights that it can work with: every capability dropped, no new privileges, limits, an explicit network,
 * a health check that `up` waits for. Everything that Berth runs is one of these. One that breaks a rule of policy/ is refused
 * before anything is declared, by an Error that names it, the rule and the fix.
 */
export class HardenedContainer extends pulumi.ComponentResource {
  readonly containerName: pulumi.Output<string>;
  /** Known once the container is healthy. */
  readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: HardenedContainerArgs, options?: pulumi.ComponentResourceOptions) {
    const inputs = containerArgs(args);
    // The sorted list of variables is an Output, which hides from the guard what the program wrote.
    guardContainer(args.name, { ...inputs, envs: args.environment });
    guardCommand(args.name, settlement(args));
    super("berth:container:HardenedContainer", name, {}, options);
    const container = new docker.Container(`${name}-container`, inputs, {
      parent: this,
      dependsOn: args.after,
      // Two containers cannot have one name, nor one published port.
      deleteBeforeReplace: true,
      // What the engine fills in for itself is no change.
      ignoreChanges: ["networkDatas"],
    });
    const settled = new command.local.Command(
      `${name}-settled`,
      { ...settlement(args), triggers: [container.id] },
      { parent: this, deleteBeforeReplace: true },
    );
    this.containerName = container.name;
    this.containerId = pulumi.all([container.id, settled.id]).apply(([id]) => id);
    this.registerOutputs({ containerName: this.containerName });
  }
}

/**
 * docker.Container has no limit on processes (kreuzwerker/terraform-provider-docker#545), and what it waits for is the engine's own
 * look at the health check, which comes once in `intervalSeconds`: so both are a step on the running container (docs/decisions/0006).
 */
function settlement(args: HardenedContainerArgs): command.local.CommandArgs {
  const { name, pids, engine, healthyWithinSeconds } = args;
  return {
    create: provisioner(
      `settle --container ${name} --limit ${pids} --timeout-seconds ${healthyWithinSeconds}`,
    ),
    environment: engineVariables(engine),
  };
}

/** The engine's address as the docker command and its libraries read it. */
export function engineVariables(engine: EngineAddress): Record<string, string> {
  return {
    DOCKER_HOST: engine.host,
    ...(engine.certPath !== undefined && { DOCKER_CERT_PATH: engine.certPath, DOCKER_TLS_VERIFY: "1" }),
  };
}

/** The pure mapping to docker.Container. Lists are sorted, since their order would show as a change. */
export function containerArgs(args: HardenedContainerArgs): docker.ContainerArgs {
  return {
    name: args.name,
    image: args.image,
    command: args.command,
    user: args.user,
    workingDir: args.workingFolder,
    init: false,
    restart: args.restart ?? "unless-stopped",
    // By mode alone: networksAdvanced would show the networks that proxy-routes brings the proxy into as a change.
    networkMode: args.network === undefined ? "none" : args.network,
    capabilities: { drops: ["ALL"], adds: (args.capabilities ?? []).map((name) => `CAP_${name}`).sort() },
    securityOpts: ["no-new-privileges"],
    // The host forwards between networks, and its setting would be inherited: a container on two of them would be a way across.
    sysctls: { "net.ipv4.ip_forward": "0" },
    memory: args.memoryMb,
    memorySwap: args.memoryMb,
    cpus: args.cpus === undefined ? undefined : String(args.cpus),
    envs: pulumi.all(args.environment ?? []).apply((variables) => [...variables].sort()),
    labels: args.labels,
    mounts: [...(args.mounts ?? [])].sort((a, b) => (a.target < b.target ? -1 : 1)).map(mountArgs),
    ports: args.ports,
    uploads: (args.files ?? []).map(({ path, content, source }) => ({
      file: path,
      content,
      source: source?.path,
      sourceHash: source?.sha256,
    })),
    healthcheck: {
      tests: args.health.command,
      interval: duration(args.health.intervalSeconds),
      timeout: "5s",
      startPeriod: duration(args.health.startSeconds),
      retries: 3,
    },
    stopTimeout: 15,
    destroyGraceSeconds: 15,
  };
}

function mountArgs({ copiesImage, ...mount }: ContainerMount): docker.types.input.ContainerMount {
  return {
    ...mount,
    ...(copiesImage === false && mount.type === "volume" && { volumeOptions: { noCopy: true } }),
  };
}

/** As Go writes a duration (time.Duration.String), which is how a refresh brings it back: `60s` would show as a change to `1m0s`. */
function duration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
