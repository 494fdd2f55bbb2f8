import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { EngineAddress } from "../config/engine-address";
import { guardBuild } from "../policy/guard";
import { labels, sharedName, type Scope } from "../spec/names";
import { buildInput, type BuildSettings } from "./build-settings";
import { HardenedContainer, type HardenedContainerArgs } from "./hardened-container";
import type { PrebuiltImages } from "./prebuilt-images";

/** What every infra service is made with. */
export interface ServiceSettings {
  scope: Scope;
  engine: EngineAddress;
  build: BuildSettings;
  /** Images by role, where they were built and promoted before; without them each service's image is built. */
  prebuilt?: PrebuiltImages;
  /** What must be there before the service's container is made; its image waits for nothing. */
  after?: pulumi.Input<pulumi.Resource>[];
}

/** One infra service: its image, built from its folder under images/ or prebuilt, the volumes that it keeps, and its container. */
export interface ServiceContainerArgs extends ServiceSettings {
  /** Last part of the physical names, and its folder under images/. */
  role: string;
  /** Folder under images/ where it is not named like the role. */
  imageFolder?: string;
  network: pulumi.Input<string> | undefined;
  container: Pick<
    HardenedContainerArgs,
    "memoryMb" | "pids" | "environment" | "mounts" | "files" | "ports" | "capabilities"
  >;
}

export class ServiceContainer extends pulumi.ComponentResource {
  readonly containerName: pulumi.Output<string>;
  readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: ServiceContainerArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:infra:ServiceContainer", name, {}, options);
    const image = args.prebuilt?.idOf(args.role) ?? serviceImage(name, args, this).repoDigest;
    const container = new HardenedContainer(
      name,
      {
        ...args.container,
        after: args.after,
        name: sharedName(args.scope, args.role),
        image,
        engine: args.engine,
        network: args.network,
        labels: labels(args.scope, { role: args.role }),
        health: { command: ["CMD", "/usr/local/bin/berth-health"], intervalSeconds: 30, startSeconds: 30 },
        healthyWithinSeconds: 120,
      },
      { parent: this },
    );
    this.containerName = container.containerName;
    this.containerId = container.containerId;
    this.registerOutputs({ containerName: this.containerName });
  }
}

/** An image of ours, built from its folder under images/. */
export function serviceImage(
  name: string,
  {
    scope,
    role,
    build,
    imageFolder = role,
    target,
  }: Pick<ServiceContainerArgs, "scope" | "role" | "build" | "imageFolder"> & { target?: string },
  parent: pulumi.Resource,
): docker.Image {
  guardBuild(`images/${imageFolder}`);
  return new docker.Image(
    `${name}-image`,
    {
      imageName: `${sharedName(scope, role)}:latest`,
      build: buildInput(build, { folder: `images/${imageFolder}`, target }),
      skipPush: true,
    },
    { parent },
  );
}

/** A named volume of a service. The engine's volume goes with the resource, so only `purge` deletes it. */
export function serviceVolume(
  name: string,
  scope: Scope,
  role: string,
  parent: pulumi.Resource,
): docker.Volume {
  return new docker.Volume(
    `${name}-${role}-volume`,
    { name: sharedName(scope, role), labels: labels(scope, { role }) },
    { parent },
  );
}
