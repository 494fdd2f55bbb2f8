import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";

/** Memory of a container as `docker stats` tells it: without file pages that nobody used for long. In MiB. */
export async function memoryMebibytes(docker: Docker, container: string): Promise<number> {
  const { memory_stats: memory } = await docker
    .getContainer(container)
    .stats({ stream: false, "one-shot": true });
  // Control groups v1 and v2 name it differently, and the types know only some.
  const details = memory.stats as unknown as Record<string, number | undefined>;
  const unused = details.total_inactive_file ?? details.inactive_file ?? 0;
  return (memory.usage - unused) / 2 ** 20;
}

/** Sums it up over containers. */
export async function memoryOf(docker: Docker, containers: string[]): Promise<number> {
  const all = await Promise.all(containers.map((container) => memoryMebibytes(docker, container)));
  return all.reduce((sum, mebibytes) => sum + mebibytes, 0);
}

/** Share of the time that all of the machine's cores together had nothing to do meanwhile, from 0 to 1. */
export async function idleShare(seconds: number): Promise<number> {
  const before = cpuTimes();
  await sleep(seconds * 1000);
  const after = cpuTimes();
  return (after.idle - before.idle) / (after.total - before.total);
}

/** proc(5), /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; what guests took is in user already. */
function cpuTimes(): { idle: number; total: number } {
  const [line = ""] = fs.readFileSync("/proc/stat", "utf8").split("\n");
  const times = line.split(/\s+/).slice(1, 9).map(Number);
  return { idle: (times[3] ?? 0) + (times[4] ?? 0), total: times.reduce((sum, time) => sum + time, 0) };
}
