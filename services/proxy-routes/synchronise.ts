import { writeFile } from "node:fs/promises";
import type Docker from "dockerode";
import { candidatesFor, type Refusal } from "./candidates";
import type { ProxyRoutesConfig } from "./config";
import { planConnections, type ProxyContainer } from "./connections";
import type { Synchronise } from "./follow";
import { connectNetworks, disconnectNetworks } from "./join-networks";
import { log } from "../shared/log";
import { applyRoutes } from "./route-files";
import { routesFor } from "./routes";

/**
 * Makes a function that compares routes and the proxy's networks with the app containers once and repairs what differs: the proxy joins a
 * network before it gets routes into it, and loses those before it leaves. Logs only changes, and a refusal once, so that the slow interval leaves no noise.
 * The function throws the engine's or the file system's error.
 */
export function createSynchroniser(docker: Docker, config: ProxyRoutesConfig): Synchronise {
  const logOnce = createOnceLog();
  return async () => {
    const containers = await docker.listContainers({
      all: true,
      filters: { label: ["berth.role=app", `berth.proxy=${config.stack}`] },
    });
    // Before the networks: one that the proxy has joined is then either in their list or really gone.
    const proxy = await findProxy(docker, config.proxyContainer);
    const networks = await docker.listNetworks();
    const { candidates, refusals } = candidatesFor(containers, networks, config.domain);
    const needed = candidates.map(({ network }) => network);
    const plan = planConnections(config.stack, needed, networks, proxy);

    const notJoined = await connectNetworks(docker, config.proxyContainer, plan);
    const unreachable = new Map([...plan.impossible, ...notJoined]);
    const reachable = candidates.filter(({ network }) => !unreachable.has(network.Id));
    const { routes, refusals: outdone } = routesFor(reachable);
    const { added, removed } = await applyRoutes(config.routesFolder, routes);
    for (const route of added) log("info", "route added", { route });
    for (const route of removed) log("info", "route removed", { route });
    const notLeft = await disconnectNetworks(docker, config.proxyContainer, plan);

    const unreached = candidates
      .filter(({ running }) => running)
      .flatMap(({ container, network }): Refusal[] => {
        const reason = unreachable.get(network.Id);
        return reason === undefined ? [] : [{ container, reason }];
      });
    logOnce([
      ...[...refusals, ...outdone, ...unreached].map((refusal) => ({
        level: "warn" as const,
        message: "no route for container",
        fields: { ...refusal },
      })),
      ...[...notLeft].map(([network, error]) => ({
        level: "error" as const,
        message: "the proxy cannot leave network",
        fields: { network, error },
      })),
    ]);
    await writeFile(config.readyFile, "");
    return notJoined.size === 0 && notLeft.size === 0;
  };
}

async function findProxy(docker: Docker, name: string): Promise<ProxyContainer | undefined> {
  try {
    return await docker.getContainer(name).inspect();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

interface Complaint {
  level: "warn" | "error";
  message: string;
  fields: Record<string, string>;
}

/** Logs what was no complaint the last time. */
function createOnceLog(): (complaints: Complaint[]) => void {
  let known = new Set<string>();
  return (complaints) => {
    const now = new Map(complaints.map((complaint) => [JSON.stringify(complaint), complaint]));
    for (const [key, { level, message, fields }] of now) {
      if (!known.has(key)) log(level, message, fields);
    }
    known = new Set(now.keys());
  };
}
