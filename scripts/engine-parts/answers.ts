import Docker from "dockerode";
import { networksOf } from "../../cli/engine/networks";
import { setTimeout as sleep } from "node:timers/promises";

const PING_TIMEOUT_MS = 5_000;
const POLL_INTERVAL_MS = 250;

/** How the engine is addressed here, for messages. */
export function engineAddress(environment: NodeJS.ProcessEnv): string {
  return environment.DOCKER_HOST ? `DOCKER_HOST=${environment.DOCKER_HOST}` : "/var/run/docker.sock";
}

/** Why the Docker engine that DOCKER_HOST (or the default socket) names does not answer; undefined if it does. */
export async function engineObstacle(): Promise<string | undefined> {
  try {
    await new Docker({ timeout: PING_TIMEOUT_MS }).ping();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Nothing that is begun on such an engine would end.
 * @param withinMs for tests
 * @throws Error where it answers, but says nothing of its networks.
 */
export async function refuseLockedUp(engine: Docker, address: string, withinMs?: number): Promise<void> {
  if ((await networksOf(engine, "bridge", withinMs)) !== undefined) return;
  throw new Error(
    `the Docker engine at ${address} answers, but says nothing of its networks: it has locked itself up, and nothing that is begun there would end. ` +
      "Start it again; docs/runbook.md has how (`docker network ls` never ends)",
  );
}

/** Waits until the engine answers. Returns the obstacle that is left after `waitMs`, or as soon as `hasEnded` says it is no use. */
export async function waitForEngine(
  waitMs: number,
  hasEnded: () => boolean = () => false,
): Promise<string | undefined> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const obstacle = await engineObstacle();
    if (obstacle === undefined || hasEnded() || Date.now() > deadline) return obstacle;
    await sleep(POLL_INTERVAL_MS);
  }
}
