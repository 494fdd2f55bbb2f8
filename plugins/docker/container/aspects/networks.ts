/** The networks that the container is in. */
import type Dockerode from "dockerode";
import type { Properties } from "../../../kit/types";
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect, InspectedContainer } from "../aspect";

type Endpoint = Dockerode.EndpointSettings & { GwPriority?: number };

export const networksAspect: Aspect = {
  properties: spec.replacing({
    networkMode: spec.text({ default: "bridge" }),
    networksAdvanced: spec.objectSet({
      name: spec.text({ required: true }),
      aliases: spec.textSet(),
      driverOpts: spec.textSet(),
      gwPriority: spec.integer(),
      ipv4Address: spec.text(),
      ipv6Address: spec.text(),
      linkLocalIps: spec.textSet(),
      macAddress: spec.text(),
    }),
  }),

  toRequest(inputs, request) {
    const mode = read.filledText(inputs, "networkMode") ?? "bridge";
    request.HostConfig.NetworkMode = mode;
    const own = read.objects(inputs, "networksAdvanced").find((network) => network.name === mode);
    if (own) request.NetworkingConfig = { EndpointsConfig: { [mode]: toEndpoint(own) } };
  },

  fromEngine(found) {
    const mode = found.HostConfig.NetworkMode ?? "bridge";
    const networks = Object.entries(found.NetworkSettings.Networks)
      .filter(([name]) => !["bridge", "host", "none"].includes(name))
      .map(([name, endpoint]) => fromEndpoint(name, endpoint, found));
    return read.defined({
      networkMode: mode === "default" ? "bridge" : mode,
      networksAdvanced: networks.length > 0 ? networks : undefined,
    });
  },
};

/** Networks to join after creation: all but the one that the network mode already names. */
export function networksToJoin(inputs: Properties): { name: string; endpoint: Endpoint }[] {
  return read
    .objects(inputs, "networksAdvanced")
    .filter((network) => network.name !== read.text(inputs, "networkMode"))
    .map((network) => ({ name: read.requiredText(network, "name"), endpoint: toEndpoint(network) }));
}

function toEndpoint(network: Properties): Endpoint {
  const options = read.texts(network, "driverOpts").map((option) => {
    const equals = option.indexOf("=");
    return [option.slice(0, equals), option.slice(equals + 1)] as const;
  });
  return {
    Aliases: read.texts(network, "aliases"),
    IPAMConfig: {
      IPv4Address: read.filledText(network, "ipv4Address"),
      IPv6Address: read.filledText(network, "ipv6Address"),
      LinkLocalIPs: read.texts(network, "linkLocalIps"),
    },
    MacAddress: read.filledText(network, "macAddress"),
    ...(options.length > 0 && { DriverOpts: Object.fromEntries(options) }),
    GwPriority: read.number(network, "gwPriority"),
  };
}

function fromEndpoint(name: string, endpoint: Endpoint, found: InspectedContainer): Properties {
  // The engine adds the short id as an alias of its own.
  const aliases = (endpoint.Aliases ?? []).filter((alias) => !found.Id.startsWith(alias));
  return read.defined({
    name,
    aliases: aliases.length > 0 ? aliases : undefined,
    ipv4Address: endpoint.IPAMConfig?.IPv4Address || undefined,
    ipv6Address: endpoint.IPAMConfig?.IPv6Address || undefined,
    linkLocalIps: endpoint.IPAMConfig?.LinkLocalIPs?.length ? endpoint.IPAMConfig.LinkLocalIPs : undefined,
  });
}

/**
 * The networks that the container is in now, as the program wrote those that it asked for: by name or by id.
 * Networks that somebody connected by hand come with their names; ones that were disconnected are missing.
 */
export function joinedNetworks(asked: Properties[], found: InspectedContainer): Properties[] {
  const mode = found.HostConfig.NetworkMode;
  const actual = Object.entries(found.NetworkSettings.Networks);
  const matches = (wanted: Properties, name: string, endpoint: { NetworkID: string }): boolean =>
    wanted.name === name || (typeof wanted.name === "string" && wanted.name === endpoint.NetworkID);
  const kept = asked.filter((wanted) => actual.some(([name, endpoint]) => matches(wanted, name, endpoint)));
  const added = actual.filter(
    ([name, endpoint]) => name !== mode && !asked.some((wanted) => matches(wanted, name, endpoint)),
  );
  return [...kept, ...added.map(([name, endpoint]) => fromEndpoint(name, endpoint, found))];
}
