import { environmentNetworks, type Network } from "./candidates";

/** What the engine says about the proxy's container; undefined while there is none. */
export interface ProxyContainer {
  State: { Running: boolean };
  HostConfig: { NetworkMode?: string; Sysctls?: Record<string, string> | null };
  /** By network name. */
  NetworkSettings: { Networks: Record<string, { NetworkID: string }> };
}

/** Kernel setting by which a container on two networks is a router between them. */
const FORWARDING = "net.ipv4.ip_forward";

/** What must happen so that the proxy is in exactly the networks that it serves. */
export interface ConnectionPlan {
  connect: Network[];
  /** By name, which a stopped container keeps when its network is gone. */
  disconnect: string[];
  /** Network id to why the proxy must not join it. */
  impossible: Map<string, string>;
}

/**
 * Compares the networks with apps to serve with those that the proxy's container has joined. The networks of the proxy's own stack
 * belong to that stack and are left alone, and so is every network that is no environment's.
 */
export function planConnections(
  stack: string,
  needed: Network[],
  networks: Network[],
  proxy: ProxyContainer | undefined,
): ConnectionPlan {
  const foreign = (network: Network): boolean => network.Labels?.["berth.stack"] !== stack;
  const wanted = new Map(needed.filter(foreign).map((network) => [network.Id, network]));
  const impossible = new Map<string, string>();
  const joined = proxy?.NetworkSettings.Networks ?? {};
  for (const [id, network] of wanted) {
    const problem = joiningProblem(stack, network, networks, proxy);
    if (problem !== undefined) impossible.set(id, problem);
  }
  const served = [...wanted.values()].filter(({ Id }) => !impossible.has(Id));
  const unneeded = environmentNetworks(networks)
    .filter(foreign)
    .filter(({ Name, Id }) => Name in joined && !served.some((network) => network.Id === Id));
  return {
    connect: served.filter(({ Name }) => !(Name in joined)),
    disconnect: [...unneeded.map(({ Name }) => Name), ...vanished(networks, proxy)].sort(),
    impossible,
  };
}

function joiningProblem(
  stack: string,
  network: Network,
  networks: Network[],
  proxy: ProxyContainer | undefined,
): string | undefined {
  if (proxy === undefined) return "the proxy's container does not exist";
  const own = environmentNetworks(networks)
    .filter(({ Name, Labels }) => Labels?.["berth.stack"] === stack && Name in proxy.NetworkSettings.Networks)
    .map(({ Name }) => Name)
    .sort()[0];
  if (own === undefined) return `the proxy's container is on no network of its own stack ${stack}`;
  // The engine publishes ports over the network whose name comes first, and moving them cuts every connection.
  if (network.Name < own) {
    return (
      `its network ${network.Name} comes before the proxy's own ${own} in the alphabet, so the engine would move the ` +
      `proxy's published port there: let the stack whose network comes first own the proxy`
    );
  }
  // The host's setting is inherited, and the host forwards.
  if (proxy.HostConfig.Sysctls?.[FORWARDING] !== "0") {
    return `the proxy's container would forward packets between its networks: create it with the kernel setting ${FORWARDING}=0`;
  }
  return undefined;
}

/** Networks that went while the proxy was stopped: it could not start again with them. */
function vanished(networks: Network[], proxy: ProxyContainer | undefined): string[] {
  if (proxy === undefined || proxy.State.Running) return [];
  const present = new Set(networks.map(({ Name }) => Name));
  return Object.keys(proxy.NetworkSettings.Networks).filter(
    (name) => !present.has(name) && name !== proxy.HostConfig.NetworkMode,
  );
}
