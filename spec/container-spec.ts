import { imageProblems, liveSourceProblems, type Environment } from "../policy/rules";
import type { AppManifest } from "./app-manifest";
import {
  databaseName,
  instanceName,
  labels,
  redisNames,
  stackName,
  type Instance,
  type Scope,
} from "./names";

/** Folder of secret files in every container. */
export const SECRETS_FOLDER = "/run/secrets/berth";
/** Where a dev container finds the extra CA bundle. */
export const EXTRA_CA_FILE = "/usr/local/share/berth/extra-ca.pem";

/** Variables by which the usual tools take a CA bundle: Node, OpenSSL and Go, requests, pip, curl, git, cargo, npm. */
const CA_VARIABLES = [
  "CARGO_HTTP_CAINFO",
  "CURL_CA_BUNDLE",
  "GIT_SSL_CAINFO",
  "NODE_EXTRA_CA_CERTS",
  "PIP_CERT",
  "REQUESTS_CA_BUNDLE",
  "SSL_CERT_FILE",
];

/** Folders on the engine's host, mounted read-only over the image (operator); or a volume that a laptop keeps in step. */
export type LiveSource =
  | {
      kind: "folder";
      /** The app's folder on the engine's host, absolute. */
      sourceFolder: string;
      /** From there. */
      paths: readonly string[];
    }
  | {
      kind: "volume";
      /** Physical name of the volume, which holds the build context. */
      volume: string;
      /** Folders, from the app's, that the image keeps: each gets a volume of the container's own, with what the image has there. */
      keep: readonly string[];
    };

/** One mount of a container. */
export interface SpecMount {
  type: "bind" | "volume";
  /** Folder on the engine's host, or a volume's name; a volume without a name goes with the container. */
  source?: string;
  target: string;
  readOnly: boolean;
  /** A new volume gets what the image has at the target. */
  copiesImage: boolean;
}

/** What is asked of an app in an environment. Plain values: nothing here is read or created. */
export interface AppRequest {
  scope: Scope;
  /** The environment whose proxy serves the app: its own, or the one that owns the host's proxy. */
  proxyEnvironment: Environment;
  manifest: AppManifest;
  developerId?: string;
  /** Image to run where it was built before; in dev the app's own dev stage is built instead. */
  image?: string;
  /** Dev only: restart on an edit. */
  reload?: boolean;
  /** The app's folder from its build context's, with `/`; "" where they are the same. */
  appSubPath?: string;
  /** Dev only: where its live source comes from. */
  live?: LiveSource;
  /** Dev only: a CA bundle is given to the container. */
  extraCa?: boolean;
}

/** One container of an app, complete but for its image's id and the content of its secret files. */
export interface ContainerSpec {
  name: string;
  instance: Instance;
  image: string | undefined;
  command: string[] | undefined;
  /** `NAME=value`, sorted. */
  environment: string[];
  labels: { label: string; value: string }[];
  /** Sorted by target. */
  mounts: SpecMount[];
  /** The image's own where undefined. */
  workingFolder: string | undefined;
  /** Access that the shared services must give before the container starts. */
  postgres: { role: string; database: string } | undefined;
  redis: { user: string; keyPrefix: string } | undefined;
  healthCommand: string[];
  healthIntervalSeconds: number;
  healthStartSeconds: number;
  /** Default unless-stopped: whatever ends by itself starts again. on-failure: what ended without one stays ended. */
  restart?: "unless-stopped" | "on-failure";
  memoryMb: number;
  cpus: number;
  pids: number;
  capabilities: string[];
  user: string;
}

/**
 * Maps an app, an environment and a developer to one container: the only place where that is decided, for Pulumi and for the
 * command line alike.
 * @throws Error naming the app and each rule that the request breaks.
 */
export function containerSpec(request: AppRequest): ContainerSpec {
  const { scope, manifest, live } = request;
  const instance: Instance = { app: manifest.name, developerId: request.developerId };
  const inContainer = (folder: string): string =>
    [manifest.live.target.replace(/\/+$/, ""), request.appSubPath, folder].filter(Boolean).join("/");
  refuseForbidden(request);
  return {
    name: instanceName(scope, instance),
    instance,
    image: request.image,
    command: request.reload ? (manifest.commands.reload ?? manifest.commands.start) : manifest.commands.start,
    environment: variables(request, instance),
    labels: labels(scope, {
      role: "app",
      instance,
      route: {
        port: manifest.port,
        proxyStack: stackName({ ...scope, environment: request.proxyEnvironment }),
      },
    }),
    mounts: live
      ? mountsOf(live, manifest.live.target, inContainer).sort((a, b) => (a.target < b.target ? -1 : 1))
      : [],
    workingFolder: live?.kind === "volume" ? inContainer("") : undefined,
    postgres: manifest.services.postgres
      ? { role: databaseName(instance), database: databaseName(instance) }
      : undefined,
    redis: manifest.services.redis ? redisNames(instance) : undefined,
    healthCommand: ["CMD", "/usr/local/bin/berth-health", manifest.health.path],
    healthIntervalSeconds: manifest.health.intervalSeconds,
    healthStartSeconds: manifest.health.startSeconds,
    ...manifest.limits,
    capabilities: [...manifest.capabilities].sort(),
    user: manifest.user,
  };
}

function refuseForbidden({ scope, manifest, live, reload, image }: AppRequest): void {
  const environment: Environment = scope.environment;
  const problems = [
    ...liveSourceProblems(environment, {
      mounts: live?.kind === "folder" ? live.paths : [],
      sync: live?.kind === "volume",
      reload: reload === true,
    }),
    ...imageProblems(environment, image),
  ];
  if (reload === true && environment === "dev" && !manifest.commands.reload) {
    problems.push("reload needs a command: give commands.reload in its berth.yaml, or set reload: false");
  }
  if (problems.length > 0)
    throw new Error(`app '${manifest.name}' in ${environment}: ${problems.join("; ")}`);
}

function variables(request: AppRequest, instance: Instance): string[] {
  const { manifest, scope } = request;
  const all: Record<string, string> = {
    BERTH_ENVIRONMENT: scope.environment,
    BERTH_DEV_MODE: String(scope.environment === "dev"),
    PORT: String(manifest.port),
  };
  if (manifest.services.postgres) all.DATABASE_URL_FILE = `${SECRETS_FOLDER}/database-url`;
  if (manifest.services.redis) {
    all.REDIS_URL_FILE = `${SECRETS_FOLDER}/redis-url`;
    all.REDIS_KEY_PREFIX = redisNames(instance).keyPrefix;
  }
  const own = Object.entries(all).map(([name, value]) => `${name}=${value}`);
  return [...own, ...(request.extraCa ? extraCaVariables() : [])].sort();
}

/** By which the usual tools take the bundle at {@link EXTRA_CA_FILE}. */
export function extraCaVariables(): string[] {
  return CA_VARIABLES.map((name) => `${name}=${EXTRA_CA_FILE}`);
}

function mountsOf(
  live: LiveSource,
  contextTarget: string,
  inContainer: (folder: string) => string,
): SpecMount[] {
  if (live.kind === "folder") {
    return live.paths.map((folder) => ({
      type: "bind",
      source: `${live.sourceFolder}/${folder}`,
      target: inContainer(folder),
      readOnly: true,
      copiesImage: false,
    }));
  }
  const writable = { type: "volume", readOnly: false } as const;
  return [
    // Filled by the laptop: what the image has there would be taken for an edit.
    { ...writable, source: live.volume, target: contextTarget, copiesImage: false },
    ...live.keep.map((folder) => ({ ...writable, target: inContainer(folder), copiesImage: true })),
  ];
}
