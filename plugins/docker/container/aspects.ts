/** All sides of a container, put together. */
import type Dockerode from "dockerode";
import type { Properties, PropertySpec } from "../../kit/types";
import * as read from "../support/values";
import type { Aspect, CreateRequest, InspectedContainer } from "./aspect";
import { devicesAspect } from "./aspects/devices";
import { dnsAspect } from "./aspects/dns";
import { healthAspect } from "./aspects/health";
import { identityAspect } from "./aspects/identity";
import { lifecycleAspect } from "./aspects/lifecycle";
import { loggingAspect } from "./aspects/logging";
import { mountsAspect } from "./aspects/mounts";
import { namespacesAspect } from "./aspects/namespaces";
import { joinedNetworks, networksAspect } from "./aspects/networks";
import { portsAspect } from "./aspects/ports";
import { processAspect } from "./aspects/process";
import { resourcesAspect } from "./aspects/resources";
import { restartAspect } from "./aspects/restart";
import { securityAspect } from "./aspects/security";
import { uploadsAspect } from "./aspects/uploads";
import { volumesAspect } from "./aspects/volumes";

const ASPECTS: Aspect[] = [
  identityAspect,
  processAspect,
  lifecycleAspect,
  restartAspect,
  resourcesAspect,
  healthAspect,
  portsAspect,
  networksAspect,
  dnsAspect,
  mountsAspect,
  volumesAspect,
  uploadsAspect,
  securityAspect,
  devicesAspect,
  namespacesAspect,
  loggingAspect,
];

export const containerProperties: Record<string, PropertySpec> = Object.assign(
  {},
  ...ASPECTS.map((aspect) => aspect.properties),
) as Record<string, PropertySpec>;

export function toCreateRequest(inputs: Properties): CreateRequest {
  const request: CreateRequest = { HostConfig: {} };
  for (const aspect of ASPECTS) aspect.toRequest?.(inputs, request);
  return request;
}

/**
 * What the engine reports, as inputs.
 * @param asked the inputs of the last deployment: networks are told in its words.
 */
export function fromContainer(
  found: InspectedContainer,
  image: Dockerode.ImageInspectInfo | undefined,
  asked: Properties,
): Properties {
  const inputs = Object.assign(
    {},
    ...ASPECTS.map((aspect) => aspect.fromEngine?.(found, image, asked)),
  ) as Properties;
  const networks = read.objects(asked, "networksAdvanced");
  // A container without them is in the network of its mode, and that is not a difference.
  if (networks.length > 0) inputs.networksAdvanced = joinedNetworks(networks, found);
  return inputs;
}
