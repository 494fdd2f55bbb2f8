/** docker.Network: between Pulumi properties and the Engine's network. */
import type Dockerode from "dockerode";
import type { Properties, PropertySpec } from "../../kit/types";
import * as spec from "../support/spec";
import * as read from "../support/values";

/** Official package schema: every property replaces. */
export const networkProperties: Record<string, PropertySpec> = spec.replacing({
  attachable: spec.flag(),
  driver: spec.text(),
  ingress: spec.flag(),
  internal: spec.flag(),
  ipamConfigs: spec.objectSet({
    auxAddress: spec.textMap(),
    gateway: spec.text(),
    ipRange: spec.text(),
    subnet: spec.text(),
  }),
  ipamDriver: spec.text({ default: "default" }),
  ipamOptions: spec.textMap(),
  ipv6: spec.flag(),
  labels: spec.labels(),
  name: spec.text(),
  options: spec.textMap(),
});

export function toNetworkRequest(inputs: Properties): Dockerode.NetworkCreateOptions {
  const configs = read.objects(inputs, "ipamConfigs");
  return {
    Name: read.requiredText(inputs, "name"),
    // Engines before API 1.44 would make a second network of the same name.
    CheckDuplicate: true,
    Driver: read.filledText(inputs, "driver"),
    Internal: read.flag(inputs, "internal"),
    Attachable: read.flag(inputs, "attachable"),
    Ingress: read.flag(inputs, "ingress"),
    EnableIPv6: read.flag(inputs, "ipv6"),
    Labels: read.labels(inputs),
    Options: read.textMap(inputs, "options"),
    IPAM: {
      Driver: read.filledText(inputs, "ipamDriver"),
      Options: read.textMap(inputs, "ipamOptions"),
      ...(configs.length > 0 && { Config: configs.map(toPool) }),
    },
  };
}

function toPool(config: Properties): NonNullable<Dockerode.IPAM["Config"]>[number] {
  return {
    Subnet: read.filledText(config, "subnet"),
    IPRange: read.filledText(config, "ipRange"),
    Gateway: read.filledText(config, "gateway"),
    AuxiliaryAddresses: read.textMap(config, "auxAddress"),
  };
}

/** What the engine reports, as inputs. */
export function fromNetwork(network: Dockerode.NetworkInspectInfo): Properties {
  const ipamOptions = network.IPAM?.Options ?? {};
  return read.defined({
    name: network.Name,
    driver: network.Driver,
    internal: network.Internal,
    attachable: network.Attachable,
    ingress: network.Ingress,
    ipv6: network.EnableIPv6,
    labels: read.labelList(network.Labels),
    options: network.Options ?? {},
    ipamDriver: network.IPAM?.Driver ?? "default",
    ipamOptions: Object.keys(ipamOptions).length > 0 ? ipamOptions : undefined,
    ipamConfigs: fromPools(network.IPAM?.Config),
  });
}

export function fromPools(pools: Dockerode.IPAM["Config"]): Properties[] {
  return (pools ?? []).map((pool) => {
    // Engine and dockerode's types disagree on this key: inspect answers "AuxiliaryAddresses".
    const reserved = pool.AuxiliaryAddresses as Record<string, string> | undefined;
    return read.defined({
      subnet: pool.Subnet || undefined,
      ipRange: pool.IPRange || undefined,
      gateway: pool.Gateway || undefined,
      auxAddress: reserved && Object.keys(reserved).length > 0 ? reserved : undefined,
    });
  });
}
