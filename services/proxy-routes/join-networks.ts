import type Docker from "dockerode";
import type { ConnectionPlan } from "./connections";
import { log } from "../shared/log";

/**
 * Connects the proxy's container as planned, each network by itself, so that one that fails harms no other.
 * @returns network id to why it failed.
 */
export async function connectNetworks(
  docker: Docker,
  proxyContainer: string,
  { connect }: ConnectionPlan,
): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  for (const { Id, Name } of connect) {
    try {
      await docker.getNetwork(Id).connect({ Container: proxyContainer });
      log("info", "proxy joined network", { network: Name });
    } catch (error) {
      failed.set(Id, `the proxy cannot join its network ${Name}: ${String(error)}`);
    }
  }
  return failed;
}

/**
 * Disconnects the proxy's container as planned, each network by itself.
 * @returns network name to why it failed.
 */
export async function disconnectNetworks(
  docker: Docker,
  proxyContainer: string,
  { disconnect }: ConnectionPlan,
): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  for (const name of disconnect) {
    try {
      // Force, because a stopped container may be in a network that is no more.
      await docker.getNetwork(name).disconnect({ Container: proxyContainer, Force: true });
      log("info", "proxy left network", { network: name });
    } catch (error) {
      failed.set(name, String(error));
    }
  }
  return failed;
}
