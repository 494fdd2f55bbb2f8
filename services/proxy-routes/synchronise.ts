import { writeFile } from "node:fs/promises";
import type Docker from "dockerode";
import type { ProxyRoutesConfig } from "./config";
import { log } from "./log";
import { applyRoutes } from "./route-files";
import { routesFor } from "./routes";

/**
 * Makes a function that compares routes with running containers once and repairs what differs. It logs only changes, and a refusal
 * once, so that the slow interval leaves no noise.
 * The function throws the engine's or the file system's error.
 */
export function createSynchroniser(docker: Docker, config: ProxyRoutesConfig): () => Promise<void> {
  let knownRefusals = new Set<string>();
  return async () => {
    const containers = await docker.listContainers({
      filters: { label: ["berth.role=app"], network: [config.network], status: ["running"] },
    });
    const { routes, refusals } = routesFor(containers, config.domain);
    const { added, removed } = await applyRoutes(config.routesFolder, routes);
    for (const route of added) log("info", "route added", { route });
    for (const route of removed) log("info", "route removed", { route });
    for (const { container, reason } of refusals) {
      if (!knownRefusals.has(container + reason))
        log("warn", "no route for container", { container, reason });
    }
    knownRefusals = new Set(refusals.map(({ container, reason }) => container + reason));
    await writeFile(config.readyFile, "");
  };
}
