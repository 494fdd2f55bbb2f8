import type Docker from "dockerode";
import { createContainerShell } from "../../services/provision/container-shell";
import { look } from "../../services/provision/settle";

/**
 * The state of an app: the engine's word, but of a running one healthy, unhealthy or starting. The engine looks at its health so seldom that it knows nothing in the first minute: then the health check is
 * asked here.
 */
export async function appState(engine: Docker, { Id, State, Status }: Docker.ContainerInfo): Promise<string> {
  if (State !== "running") return State;
  if (Status.includes("(healthy)")) return "healthy";
  if (Status.includes("(unhealthy)")) return "unhealthy";
  if (!Status.includes("(health: starting)")) return State;
  const { problem } = await look(engine, createContainerShell(engine, Id));
  return problem === undefined ? "healthy" : "starting";
}
