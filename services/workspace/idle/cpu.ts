import * as fs from "node:fs";
import * as path from "node:path";
import type { OwnProcess } from "./own-processes";

/**
 * Time that the container has used on all cores: from its control group, version 2 or 1, or where neither shows it, from its processes
 * (those that have ended are missing then, so that only what lasts counts).
 */
export function cpuUsedMs(cgroup: string, processes: () => OwnProcess[]): number {
  const second = contentOf(path.join(cgroup, "cpu.stat"));
  const usage = second === undefined ? undefined : /^usage_usec (\d+)$/m.exec(second)?.[1];
  if (usage !== undefined) return Number(usage) / 1_000;
  for (const controller of ["cpuacct", "cpu,cpuacct"]) {
    const first = contentOf(path.join(cgroup, controller, "cpuacct.usage"));
    if (first !== undefined) return Number(first) / 1_000_000;
  }
  return processes().reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

function contentOf(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    // The other version's tree, or none: the next source is asked.
    return undefined;
  }
}

/** The load over the last minute, in percent of one core. */
export class CpuLoad {
  readonly #looks: { atMs: number; usedMs: number }[] = [];

  constructor(private readonly overMs: number) {}

  /** @param atMs of a clock that only goes forward. */
  look(atMs: number, usedMs: number): number {
    this.#looks.push({ atMs, usedMs });
    const second = (): { atMs: number } | undefined => this.#looks[1];
    while ((second()?.atMs ?? Infinity) <= atMs - this.overMs) this.#looks.shift();
    const [oldest] = this.#looks;
    if (oldest === undefined || oldest.atMs === atMs) return 0;
    // Fewer where processes ended whose time was counted before.
    return Math.max(0, ((usedMs - oldest.usedMs) / (atMs - oldest.atMs)) * 100);
  }
}
