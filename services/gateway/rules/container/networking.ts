import type { Environment } from "../../../../policy/rules";
import { isZero } from "./fields";
import type { RequestContext } from "../context";
import { findContainer, findNetwork } from "../lookup";
import type { Ownership } from "../ownership";
import { absent, refuseField } from "../refusals";
import type { CreateRequest, EndpointRequest } from "./create-schema";

/** Where a new container stands, as the engine gets it. */
export interface CheckedNetworking {
  NetworkMode: string;
  endpoints: Record<string, object>;
  /** Whether its names can be heard by others: it is on the environment's own network. */
  shared: boolean;
  /** Whether it has a network stack of its own, which kernel settings can be set for. */
  ownStack: boolean;
}

const DEFAULTS = ["", "default", "bridge"];

/**
 * Resolves a container's networks: the environment's own where none is named, the caller's own by name or id, "none", or the
 * network of one of the caller's containers.
 * @throws Refused
 */
export async function checkNetworking(
  context: RequestContext,
  environment: Environment,
  request: CreateRequest,
): Promise<CheckedNetworking> {
  const mode = request.HostConfig?.NetworkMode ?? "";
  const endpoints = request.NetworkingConfig?.EndpointsConfig ?? {};
  if (mode === "host")
    refuseField("HostConfig.NetworkMode", "no namespace of the host: leave it out, and publish ports (-p)");
  if (mode === "none" || mode.startsWith("container:")) {
    for (const [name, endpoint] of Object.entries(endpoints)) {
      if (!isZero(endpoint) && !Object.values(endpoint ?? {}).every(isZero)) {
        refuseField(
          `NetworkingConfig.EndpointsConfig.${name}`,
          `cannot stand beside the network mode ${mode}`,
        );
      }
    }
    const joined =
      mode === "none"
        ? "none"
        : `container:${await ownContainer(context, mode.slice("container:".length), environment)}`;
    return { NetworkMode: joined, endpoints: {}, shared: false, ownStack: mode === "none" };
  }
  const NetworkMode = await networkName(context, mode, environment);
  const checked: Record<string, object> = {};
  for (const [name, endpoint] of Object.entries(endpoints)) {
    const network = DEFAULTS.includes(name) ? NetworkMode : await networkName(context, name, environment);
    const where = `NetworkingConfig.EndpointsConfig.${name}`;
    checked[network] = await checkEndpoint(context, environment, network, endpoint ?? {}, where);
  }
  const own = context.ownership.networkOf(environment);
  return { NetworkMode, endpoints: checked, shared: NetworkMode === own || own in checked, ownStack: true };
}

/** Physical name of a network that the container may stand in. */
export async function networkName(
  context: RequestContext,
  reference: string,
  environment: Environment,
): Promise<string> {
  const { ownership } = context;
  const shared = ownership.networkOf(environment);
  if (DEFAULTS.includes(reference) || reference === shared) return shared;
  if (reference === "host" || reference === "none")
    refuseField("NetworkingConfig", `'${reference}' is not among your networks`);
  const found = await findNetwork(context, reference, "read");
  if (ownership.environmentOf(found.Labels) !== environment) absent.network(reference);
  if (found.Name === shared || ownership.permits("own", found.Labels)) return found.Name;
  return absent.network(reference);
}

async function ownContainer(
  context: RequestContext,
  reference: string,
  environment: Environment,
): Promise<string> {
  const found = await findContainer(context, reference, "own");
  if (context.ownership.environmentOf(found.Config.Labels) !== environment) absent.container(reference);
  return found.Id;
}

/**
 * How the container stands in one network. In the environment's own, names get the caller's start: there they would answer for
 * names of other owners.
 */
export async function checkEndpoint(
  context: RequestContext,
  environment: Environment,
  network: string,
  endpoint: EndpointRequest,
  where: string,
): Promise<object> {
  const shared = network === context.ownership.networkOf(environment);
  const { IPAMConfig: addresses, Aliases, Links, GwPriority } = endpoint;
  if (shared && !isZero(addresses))
    refuseField(`${where}.IPAMConfig`, "addresses in the environment's network are the engine's to give");
  const aliases = (Aliases ?? []).map((alias) =>
    networkAlias(context.ownership, environment, alias, shared, where),
  );
  const links = await checkLinks(context, environment, Links, where);
  return {
    ...(addresses && !isZero(addresses) && { IPAMConfig: addresses }),
    ...(aliases.length > 0 && { Aliases: [...new Set(aliases)] }),
    ...(links.length > 0 && { Links: links }),
    ...(GwPriority && { GwPriority }),
  };
}

function networkAlias(
  ownership: Ownership,
  environment: Environment,
  alias: string,
  shared: boolean,
  where: string,
): string {
  if (!/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,126})$/.test(alias))
    refuseField(`${where}.Aliases`, `'${alias.slice(0, 40)}' is no host name`);
  return shared ? sharedHostName(ownership, environment, alias) : alias;
}

/** A host name on the environment's network, in the caller's scheme. */
export function sharedHostName(ownership: Ownership, environment: Environment, name: string): string {
  const start = ownership.start(environment);
  return name.startsWith(start) ? name : `${start}${name}`;
}

/** Links to the caller's own containers, by full id. */
export async function checkLinks(
  context: RequestContext,
  environment: Environment,
  links: readonly string[] | null | undefined,
  where: string,
): Promise<string[]> {
  const checked: string[] = [];
  for (const link of links ?? []) {
    const [reference = "", alias = reference, ...more] = link.split(":");
    if (more.length > 0 || !/^[A-Za-z0-9][A-Za-z0-9_.-]{0,126}$/.test(alias)) {
      refuseField(`${where}.Links`, "must be <container>[:<alias>]");
    }
    checked.push(`${await ownContainer(context, reference, environment)}:${alias}`);
  }
  return checked;
}
