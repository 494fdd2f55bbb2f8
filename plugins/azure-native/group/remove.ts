import type { Engine } from "../../docker/engine/client";
import { isNotFound } from "../../docker/engine/errors";
import { groupFilter } from "./labels";

/** Azure gives containers thirty seconds; a test of a developer's has less patience. */
const STOP_SECONDS = 15;

/** Stops and removes a group's containers, and the volumes that live as long as it. */
export async function removeGroupContainers(engine: Engine, groupId: string): Promise<void> {
  const containers = await engine.docker.listContainers({ all: true, filters: groupFilter(groupId) });
  await Promise.all(containers.map(({ Id }) => stop(engine, Id)));
  for (const { Id } of containers)
    await engine.docker.getContainer(Id).remove({ force: true, v: true }).catch(unlessGone);
  const { Volumes: volumes } = await engine.docker.listVolumes({ filters: groupFilter(groupId) });
  for (const { Name } of volumes) await engine.docker.getVolume(Name).remove().catch(unlessGone);
}

async function stop(engine: Engine, id: string): Promise<void> {
  try {
    await engine.docker.getContainer(id).stop({ t: STOP_SECONDS });
  } catch (error) {
    // 304: it is stopped already.
    if ((error as { statusCode?: number }).statusCode !== 304) unlessGone(error);
  }
}

function unlessGone(error: unknown): void {
  if (!isNotFound(error)) throw error as Error;
}
