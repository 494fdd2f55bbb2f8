import { UNKNOWN, type GivenFact, type Known } from "./finding";
import { flag, isObject, list, number, object, text, texts, type Inputs } from "./inputs";
import { mountsOf, type MountFacts } from "./mount-facts";

/** How one of a container's Linux namespaces is set up. */
export interface NamespaceFact {
  /** The input that sets it. */
  property: string;
  mode: Known<string | undefined>;
}

/** What the rules ask about a container. */
export interface ContainerFacts {
  /** Label berth.role; undefined for a container that no component of ours made, which is judged as an app. */
  role: Known<string | undefined>;
  /** Name with tag or digest, or id. */
  image: Known<string | undefined>;
  /** `NAME=value`. */
  environment: Known<string[]>;
  privileged: Known<boolean>;
  capabilitiesDropped: Known<string[]>;
  capabilitiesAdded: Known<string[]>;
  securityOptions: Known<string[]>;
  /** Access to hardware of the host, by the input that asks for it. */
  devices: GivenFact[];
  networkMode: Known<string | undefined>;
  /** Networks that it joins beside the mode's own. */
  networks: Known<string>[];
  /** Linux namespaces other than the network's, by the input that sets each. */
  namespaces: NamespaceFact[];
  memoryMb: Known<number | undefined>;
  /** Memory and swap together; -1 for no limit. */
  memorySwapMb: Known<number | undefined>;
  mounts: MountFacts[];
  /** Has a port on the host. */
  publishesPorts: Known<boolean>;
}

const DEVICE_LISTS = ["devices", "deviceRequests", "deviceCgroupRules"];
const NAMESPACES = ["pidMode", "ipcMode", "usernsMode", "cgroupnsMode"];

/** Reads the facts off the inputs of a docker:index/container:Container. */
export function containerFacts(inputs: Inputs): ContainerFacts {
  const capabilities = object(inputs, "capabilities");
  const capabilityNames = (key: string): Known<string[]> =>
    capabilities === UNKNOWN ? UNKNOWN : texts(capabilities, key);
  return {
    role: labelOf(inputs, "berth.role"),
    image: text(inputs, "image"),
    environment: texts(inputs, "envs"),
    privileged: flag(inputs, "privileged"),
    capabilitiesDropped: capabilityNames("drops"),
    capabilitiesAdded: capabilityNames("adds"),
    securityOptions: texts(inputs, "securityOpts"),
    devices: devicesOf(inputs),
    networkMode: text(inputs, "networkMode"),
    networks: networksOf(inputs),
    namespaces: NAMESPACES.map((property) => ({ property, mode: text(inputs, property) })),
    memoryMb: number(inputs, "memory"),
    memorySwapMb: number(inputs, "memorySwap"),
    mounts: mountsOf(inputs),
    publishesPorts: publishes(inputs),
  };
}

function devicesOf(inputs: Inputs): GivenFact[] {
  const lists = DEVICE_LISTS.map((property): GivenFact => ({
    property,
    given: isFilled(list(inputs, property)),
  }));
  return [...lists, { property: "gpus", given: isFilled(text(inputs, "gpus")) }];
}

function isFilled(value: Known<{ length: number } | undefined>): Known<boolean> {
  return value === UNKNOWN ? UNKNOWN : (value?.length ?? 0) > 0;
}

function labelOf(inputs: Inputs, label: string): Known<string | undefined> {
  const labels = list(inputs, "labels");
  if (labels === UNKNOWN) return UNKNOWN;
  const found = labels.filter(isObject).find((one) => one.label === label || one.label === UNKNOWN);
  if (!found) return labels.includes(UNKNOWN) ? UNKNOWN : undefined;
  return found.label === UNKNOWN ? UNKNOWN : text(found, "value");
}

function networksOf(inputs: Inputs): Known<string>[] {
  const networks = list(inputs, "networksAdvanced");
  if (networks === UNKNOWN) return [UNKNOWN];
  return networks.map((network) => {
    const name = isObject(network) ? text(network, "name") : UNKNOWN;
    return name ?? "";
  });
}

function publishes(inputs: Inputs): Known<boolean> {
  const all = flag(inputs, "publishAllPorts");
  const some = isFilled(list(inputs, "ports"));
  if (all === true || some === true) return true;
  return all === UNKNOWN || some === UNKNOWN ? UNKNOWN : false;
}
