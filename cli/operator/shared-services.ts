import type { Session } from "../session";

/** A shared service as a developer sees it. */
export interface SharedService {
  service: string;
  container: string;
  /** As the engine has it: "healthy", "unhealthy", "starting", "running" without a health check, "exited" and so on. */
  state: string;
}

/** The shared services of dev, asked of the gateway. @throws Failure where it does not answer. */
export async function sharedServices(session: Session): Promise<SharedService[]> {
  const { stack } = await session.server();
  const found = await session.engine.listContainers({
    all: true,
    filters: { label: ["berth.owner=shared", `berth.stack=${stack}`] },
  });
  return found
    .map(({ Names, Labels, State, Status }) => ({
      service: Labels["berth.app"] ?? Labels["berth.role"] ?? "",
      container: Names[0]?.replace(/^\//, "") ?? "",
      state: stateOf(State, Status),
    }))
    .sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** The engine's list has the health in words: `Up 3 minutes (healthy)`. */
export function stateOf(state: string, status: string): string {
  const health = /\((?:health: )?(healthy|unhealthy|starting)\)/.exec(status)?.[1];
  return state === "running" && health !== undefined ? health : state;
}
