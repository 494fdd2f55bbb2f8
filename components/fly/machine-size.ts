import type { Guest } from "../../services/fly-machines/request";
import { workspaceSize, type WorkspaceSpec } from "../../spec/workspace/workspace-spec";

export type CpuKind = Guest["cpu_kind"];

/** What Fly.io has of each kind, and the memory that each processor may have (superfly/fly-go, machine_types.go; fly.io/docs/about/pricing). */
const KINDS = {
  shared: { cpus: [1, 2, 4, 8], leastMb: 256, mostMb: 2048 },
  performance: { cpus: [1, 2, 4, 8, 16], leastMb: 2048, mostMb: 8192 },
} as const;

const MEMORY_STEP_MB = 256;
/** Of a volume (fly.io/docs/volumes/overview). */
const LARGEST_DISK_GB = 500;

/** The smallest machine of a kind that has at least the size: more processors where the memory needs them, and the other way round. */
export function guestOf(size: WorkspaceSpec["size"], cpuKind: CpuKind): Guest {
  const { cpus, memoryMb } = workspaceSize(size);
  const kind = KINDS[cpuKind];
  const fitting = kind.cpus.find((count) => count >= cpus && count * kind.mostMb >= memoryMb);
  if (fitting === undefined) throw new Error(sizeProblem(size, cpuKind));
  const memory = Math.max(fitting * kind.leastMb, Math.ceil(memoryMb / MEMORY_STEP_MB) * MEMORY_STEP_MB);
  return { cpu_kind: cpuKind, cpus: fitting, memory_mb: memory };
}

/** What of a size Fly.io does not have, and what to choose instead; undefined where it has all. */
export function sizeProblem(size: WorkspaceSpec["size"], cpuKind: CpuKind): string | undefined {
  const { cpus, memoryMb, diskGb } = workspaceSize(size);
  const kind = KINDS[cpuKind];
  const most = Math.max(...kind.cpus);
  if (diskGb > LARGEST_DISK_GB)
    return `size.diskGb is ${diskGb}: a volume on Fly.io holds at most ${LARGEST_DISK_GB} GB: choose less`;
  if (cpus <= most && memoryMb <= most * kind.mostMb) return undefined;
  const other = cpuKind === "shared" ? ", or cpuKind performance" : "";
  return `size asks for ${cpus} cores and ${memoryMb} MB: a ${cpuKind} machine on Fly.io has at most ${most} cores and ${most * kind.mostMb} MB: choose less${other}`;
}
