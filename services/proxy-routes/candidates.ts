import { environments } from "../../policy/rules";
import { isContainerName, isDnsLabel } from "./host-name";

/** The part of the engine's container list that routes are made from. */
export interface AppContainer {
  /** 64 hexadecimal digits. */
  Id: string;
  /** With the engine's leading slash; links add more names, the one without a second slash is the container's own. */
  Names: string[];
  Labels: Record<string, string>;
  /** Unix time in seconds. */
  Created: number;
  /** The engine's word: running, created, exited… */
  State: string;
  /** By network name; the id is empty before the first start. */
  NetworkSettings: { Networks: Record<string, { NetworkID: string }> };
}

/** The part of the engine's network list that decides over which network an app is reached. */
export interface Network {
  Id: string;
  Name: string;
  Labels?: Record<string, string> | null;
}

/** A container that may have a route, once the proxy reaches its network. */
export interface Candidate {
  container: string;
  running: boolean;
  /** Unix time in seconds. */
  created: number;
  host: string;
  /** `<container id>.<network name>:<port>`, resolved by the engine's DNS. */
  target: string;
  network: Network;
}

/** A container that asks for a route and gets none. */
export interface Refusal {
  container: string;
  reason: string;
}

/** The longest file name that Linux knows, since a route is a file's name. */
const LONGEST_ROUTE = 255;
/** A container on its way out does not keep the proxy in its network. */
const LEAVING = ["removing", "dead"];

/** The networks of environments, those that our own components made: by their labels, which developers cannot set. */
export function environmentNetworks(networks: Network[]): Network[] {
  return networks.filter(
    ({ Labels }) => Labels?.["berth.role"] === "network" && (Labels["berth.stack"] ?? "") !== "",
  );
}

/**
 * Says for each app container under which host and over which network it can be served. Labels are strangers' input: whatever is not
 * exactly a host name part, a port or a name is refused, so a label can name no host but one of the form
 * `<app>.<owner or environment>.<domain>`.
 */
export function candidatesFor(
  containers: AppContainer[],
  networks: Network[],
  domain: string,
): { candidates: Candidate[]; refusals: Refusal[] } {
  const candidates: Candidate[] = [];
  const refusals: Refusal[] = [];
  const allowed = environmentNetworks(networks);
  for (const container of containers.filter(({ State }) => !LEAVING.includes(State))) {
    const candidate = candidateFor(container, allowed, domain);
    if (typeof candidate !== "string") candidates.push(candidate);
    else if (container.State === "running")
      refusals.push({ container: containerName(container), reason: candidate });
  }
  return { candidates, refusals };
}

function candidateFor(container: AppContainer, networks: Network[], domain: string): Candidate | string {
  const { Labels } = container;
  const name = containerName(container);
  const app = Labels["berth.app"] ?? "";
  const port = Labels["berth.port"] ?? "";
  if (!isContainerName(name)) return "its name is none that the engine gives";
  if (!isDnsLabel(app)) return "label berth.app must be one lower-case host name part (a-z, 0-9, -)";
  const owner = ownerPart(Labels);
  if ("problem" in owner) return owner.problem;
  if (!/^[1-9][0-9]{0,4}$/.test(port) || Number(port) > 65535) {
    return "label berth.port must be a port number from 1 to 65535";
  }
  const network = networkOf(container, networks);
  if (typeof network === "string") return network;
  const host = `${app}.${owner.part}.${domain}`;
  const target = `${container.Id.slice(0, 12)}.${network.Name}:${port}`;
  if (host.length + 1 + target.length > LONGEST_ROUTE) {
    return `the host name ${host} and the network's name are too long: shorten the app's name`;
  }
  return {
    container: name,
    running: container.State === "running",
    created: container.Created,
    host,
    target,
    network,
  };
}

/** The part of the host name that says whose app it is: a developer's id, or the environment for what belongs to nobody else. */
function ownerPart(labels: Record<string, string>): { part: string } | { problem: string } {
  const owner = labels["berth.owner"] ?? "";
  const environment = labels["berth.env"] ?? "";
  if (!isEnvironment(environment)) {
    return { problem: `label berth.env must be one of ${environments.join(", ")}` };
  }
  if (!isDnsLabel(owner)) {
    return { problem: "label berth.owner must be one lower-case host name part (a-z, 0-9, -)" };
  }
  if (isEnvironment(owner)) {
    return {
      problem: `label berth.owner is '${owner}', and ${owner}'s host names belong to the environment itself`,
    };
  }
  return { part: owner === "shared" ? environment : owner };
}

function isEnvironment(text: string): boolean {
  return environments.some((environment) => environment === text);
}

/** The network of the container's own stack and environment, on which the container must be. */
function networkOf(container: AppContainer, networks: Network[]): Network | string {
  const stack = container.Labels["berth.stack"] ?? "";
  const joined = Object.entries(container.NetworkSettings.Networks);
  const own = networks.find(
    ({ Id, Name, Labels }) =>
      Labels?.["berth.stack"] === stack &&
      joined.some(([name, { NetworkID }]) =>
        // The engine fills the id in at the start, and leaves an old one when a container has stopped.
        container.State === "running" ? NetworkID === Id : name === Name,
      ),
  );
  if (own === undefined) {
    return `it is on no network with the labels berth.role=network and berth.stack=${stack || "<its own>"}`;
  }
  if (own.Labels?.["berth.env"] !== container.Labels["berth.env"]) {
    return `label berth.env differs from that of its network ${own.Name}`;
  }
  if (!isContainerName(own.Name)) return "its network's name is none that the engine gives";
  return own;
}

function containerName(container: AppContainer): string {
  const own = container.Names.find((name) => name.lastIndexOf("/") === 0) ?? "";
  return own.slice(1);
}
