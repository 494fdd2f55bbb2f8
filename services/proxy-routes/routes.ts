import { isContainerName, isDnsLabel } from "./host-name";

/** The part of the engine's container list that routes are made from. */
export interface RunningContainer {
  /** With the engine's leading slash; links add more names, the one without a second slash is the container's own. */
  Names: string[];
  Labels: Record<string, string>;
  /** Unix time in seconds. */
  Created: number;
}

/** Where the proxy sends the requests for one host name. */
export interface Route {
  host: string;
  /** `<container name>:<port>`, resolved by the network's DNS. */
  target: string;
}

/** A container that asks for a route and gets none. */
export interface Refusal {
  container: string;
  reason: string;
}

/**
 * Maps running app containers to routes. Labels are strangers' input: whatever is not exactly a host name part, a port or a container
 * name is refused, so a label can name no host but one of the form `<app>.<owner>.<domain>`. Of two containers with one host the newer wins.
 */
export function routesFor(
  containers: RunningContainer[],
  domain: string,
): { routes: Route[]; refusals: Refusal[] } {
  const byHost = new Map<string, Route>();
  const refusals: Refusal[] = [];
  for (const container of [...containers].sort(newestFirst)) {
    const name = containerName(container);
    const route = routeFor(container, name, domain);
    if (typeof route === "string") {
      refusals.push({ container: name, reason: route });
    } else if (byHost.has(route.host)) {
      refusals.push({ container: name, reason: `a newer container already answers for ${route.host}` });
    } else {
      byHost.set(route.host, route);
    }
  }
  return { routes: [...byHost.values()], refusals };
}

function newestFirst(a: RunningContainer, b: RunningContainer): number {
  return b.Created - a.Created || containerName(a).localeCompare(containerName(b));
}

function containerName(container: RunningContainer): string {
  const own = container.Names.find((name) => name.lastIndexOf("/") === 0) ?? "";
  return own.slice(1);
}

function routeFor(container: RunningContainer, name: string, domain: string): Route | string {
  const app = container.Labels["berth.app"] ?? "";
  const owner = container.Labels["berth.owner"] ?? "";
  const port = container.Labels["berth.port"] ?? "";
  if (!isContainerName(name)) return "its name cannot be resolved by the network's DNS";
  if (!isDnsLabel(app)) return "label berth.app must be one lower-case host name part (a-z, 0-9, -)";
  if (!isDnsLabel(owner)) return "label berth.owner must be one lower-case host name part (a-z, 0-9, -)";
  if (!/^[1-9][0-9]{0,4}$/.test(port) || Number(port) > 65535) {
    return "label berth.port must be a port number from 1 to 65535";
  }
  return { host: `${app}.${owner}.${domain}`, target: `${name}:${port}` };
}
