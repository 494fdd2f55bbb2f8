import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";

/** What a container takes at the moment. */
export interface Usage {
  /** Of one core, in percent: 150 is one and a half. */
  cpuPercent: number;
  memoryMb: number;
}

/** Between the two looks that a share of time takes. */
const APART_MS = 300;
const MIB = 1024 * 1024;

/** Usage of running containers, by their ids. One that has ended meanwhile is left out. */
export async function usageOf(engine: Docker, ids: readonly string[]): Promise<Map<string, Usage>> {
  if (ids.length === 0) return new Map();
  const first = await Promise.all(ids.map((id) => statsOf(engine, id)));
  await sleep(APART_MS);
  const second = await Promise.all(ids.map((id) => statsOf(engine, id)));
  const known = ids.flatMap((id, index): [string, Usage][] => {
    const usage = usageBetween(first[index], second[index]);
    return usage ? [[id, usage]] : [];
  });
  return new Map(known);
}

/** One look, without the second one that the engine would wait a second for (Docker Engine API, ContainerStats: one-shot). */
async function statsOf(engine: Docker, id: string): Promise<Docker.ContainerStats | undefined> {
  try {
    const options = { stream: false, "one-shot": true } as const;
    return await engine.getContainer(id).stats(options);
  } catch (error) {
    // It is gone, or going: 404 or 409.
    if ([404, 409].includes((error as { statusCode?: number }).statusCode ?? 0)) return undefined;
    throw error;
  }
}

function usageBetween(first?: Docker.ContainerStats, second?: Docker.ContainerStats): Usage | undefined {
  // A container that is not running has no usage at all.
  const memory = second?.memory_stats as Partial<Docker.MemoryStats> | undefined;
  if (!first || !second || memory?.usage === undefined) return undefined;
  const tookMs = new Date(second.read).getTime() - new Date(first.read).getTime();
  const usedMs = (second.cpu_stats.cpu_usage.total_usage - first.cpu_stats.cpu_usage.total_usage) / 1e6;
  // As docker stats: without the cache of files, which is given back when somebody needs it.
  const cache = memory.stats?.inactive_file ?? memory.stats?.total_inactive_file ?? 0;
  return {
    cpuPercent: tookMs > 0 ? Math.round((usedMs / tookMs) * 1_000) / 10 : 0,
    memoryMb: Math.round(((memory.usage - cache) / MIB) * 10) / 10,
  };
}
