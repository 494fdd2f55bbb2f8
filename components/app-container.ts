import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { EngineAddress } from "../config/engine-address";
import type { ExtraCaBundle } from "../config/extra-ca";
import { guardBuild } from "../policy/guard";
import type { Environment } from "../policy/rules";
import type { AppManifest } from "../spec/app-manifest";
import {
  containerSpec,
  EXTRA_CA_FILE,
  SECRETS_FOLDER,
  type ContainerSpec,
  type LiveSource,
} from "../spec/container-spec";
import { devImageName, hostName, instanceKey, type Scope } from "../spec/names";
import { buildInput, type BuildSettings } from "./build-settings";
import { HardenedContainer, type ContainerFile, type HardenedContainerArgs } from "./hardened-container";
import type { PostgresService } from "./postgres-service";
import type { RedisService } from "./redis-service";
import type { RuntimeImages } from "./runtime-images";
import type { ServiceAccess } from "./service-access";

export interface AppContainerArgs {
  scope: Scope;
  engine: EngineAddress;
  build: BuildSettings;
  manifest: AppManifest;
  /** The app's folder, from the project's root. */
  folder: string;
  /** The app's folder from its build context's; "" where they are the same, which is the default. */
  appSubPath?: string;
  /** Whose instance it is; absent in tst and pro. */
  developerId?: string;
  /** Image that was built before, as the config names it and by its id; without it the app's dev stage is built. */
  image?: { reference: string; id: pulumi.Input<string> };
  /** The environment whose proxy serves the app. */
  proxyEnvironment: Environment;
  /** Dev only: start by the command that restarts on an edit. */
  reload?: boolean;
  /** Dev only: where its live source comes from. */
  live?: LiveSource;
  /** Dev only: CA bundle for tools in the container. */
  extraCa?: ExtraCaBundle;
  /** Secrets that its berth.yaml names, by key: each is a file. */
  secrets?: Record<string, pulumi.Input<string>>;
  network: pulumi.Input<string>;
  runtimeImages: RuntimeImages;
  postgres: PostgresService;
  redis: RedisService;
}

/** One app as one developer, or the environment, runs it. */
export class AppContainer extends pulumi.ComponentResource {
  /** `<owner>/<app>`: its key in the stack's outputs. */
  readonly key: string;
  /** Host name at the proxy, for the domain that the proxy serves. */
  readonly hostName: (domain: string) => string;
  readonly containerName: pulumi.Output<string>;
  readonly imageName: pulumi.Output<string>;

  constructor(name: string, args: AppContainerArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:app:AppContainer", name, {}, options);
    const spec = withOwnLabels(specOf(args));
    const built = args.image ? undefined : devImage(name, args, spec, this);
    const access = accessOf(args, spec);
    const container = new HardenedContainer(
      name,
      hardenedArgs(spec, {
        image: args.image?.id ?? built?.repoDigest ?? "",
        engine: args.engine,
        network: args.network,
        files: filesOf(args, access),
        after: grantsOf(access),
      }),
      { parent: this },
    );
    this.key = instanceKey(spec.instance);
    this.hostName = (domain: string): string => hostName(args.scope, spec.instance, domain);
    this.containerName = container.containerName;
    this.imageName = built?.imageName ?? pulumi.output(args.image?.reference ?? "");
    this.registerOutputs({ containerName: this.containerName, imageName: this.imageName });
  }
}

/** An app's spec as a hardened container; what is given beside it is where it runs and what it gets as files. */
export function hardenedArgs(
  spec: ContainerSpec,
  place: Pick<HardenedContainerArgs, "image" | "engine" | "network" | "files" | "after">,
): HardenedContainerArgs {
  return {
    ...spec,
    ...place,
    health: {
      command: spec.healthCommand,
      intervalSeconds: spec.healthIntervalSeconds,
      startSeconds: spec.healthStartSeconds,
    },
    healthyWithinSeconds: spec.healthStartSeconds + 90,
  };
}

/** An image that was built through the gateway has its labels, which a container inherits: this one is the stack's all the same. */
function withOwnLabels(spec: ContainerSpec): ContainerSpec {
  if (spec.image === undefined) return spec;
  return { ...spec, labels: [...spec.labels, { label: "berth.via", value: "stack" }] };
}

function specOf({
  scope,
  proxyEnvironment,
  manifest,
  developerId,
  image,
  reload,
  appSubPath,
  live,
  extraCa,
}: AppContainerArgs): ContainerSpec {
  return containerSpec({
    ...{ scope, proxyEnvironment, manifest, developerId, reload, appSubPath, live },
    image: image?.reference,
    extraCa: extraCa !== undefined,
  });
}

/** The app's dev stage: its dependencies and tools, over which the live folders are mounted. */
function devImage(
  name: string,
  args: AppContainerArgs,
  spec: ContainerSpec,
  parent: pulumi.Resource,
): docker.Image {
  const { manifest, folder, build, scope } = args;
  guardBuild(folder);
  const runtime = args.runtimeImages.of(manifest.language);
  return new docker.Image(
    `${name}-image`,
    {
      imageName: devImageName(scope, spec.instance),
      build: buildInput(build, {
        folder,
        context: manifest.build.context,
        dockerfile: manifest.build.dockerfile,
        target: manifest.build.devTarget,
        // The name is what BuildKit can build on; the id makes a rebuilt runtime image rebuild what stands on it.
        args: { BERTH_RUNTIME_IMAGE: runtime.imageName, BERTH_RUNTIME_IMAGE_ID: runtime.repoDigest },
      }),
      skipPush: true,
    },
    { parent },
  );
}

interface Access {
  postgres?: ServiceAccess;
  redis?: ServiceAccess;
}

function accessOf(args: AppContainerArgs, spec: ContainerSpec): Access {
  return {
    ...(spec.postgres && { postgres: args.postgres.grant(spec.postgres) }),
    ...(spec.redis && { redis: args.redis.grant(spec.redis) }),
  };
}

function grantsOf({ postgres, redis }: Access): pulumi.Resource[] {
  return [postgres, redis].flatMap((access) => (access ? [access.granted] : []));
}

function filesOf({ extraCa, secrets = {} }: AppContainerArgs, { postgres, redis }: Access): ContainerFile[] {
  return [
    ...(postgres ? [{ path: `${SECRETS_FOLDER}/database-url`, content: postgres.url }] : []),
    ...(redis ? [{ path: `${SECRETS_FOLDER}/redis-url`, content: redis.url }] : []),
    ...Object.entries(secrets)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, content]) => ({ path: `${SECRETS_FOLDER}/${key}`, content })),
    ...(extraCa ? [{ path: EXTRA_CA_FILE, source: extraCa }] : []),
  ];
}
