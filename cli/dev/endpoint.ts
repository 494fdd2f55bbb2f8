import type { Identity } from "../identity/identity";
import type { Setting } from "../settings";

/** The gateway's usual port. */
const GATEWAY_PORT = 2376;

/** What DOCKER_HOST is to be: as the server said, else the gateway's usual port on the server's host. */
export function dockerEndpointOf(identity: Identity | undefined, server: string | undefined): Setting {
  if (identity?.facts) return { value: identity.facts.dockerEndpoint, source: "server" };
  const value = server === undefined ? undefined : `tcp://${new URL(server).hostname}:${GATEWAY_PORT}`;
  return { value, source: "default" };
}
