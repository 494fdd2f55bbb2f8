import type { WorkspaceSpec } from "../../spec/workspace/workspace-spec";
import { workspaceSize } from "../../spec/workspace/workspace-spec";

export interface Gpu {
  count: 1 | 2 | 4;
  sku: "K80" | "P100" | "V100";
}

/** What one container asks for and may use at most. */
export interface ContainerResources {
  requests: { cpu: number; memoryInGB: number; gpu?: Gpu };
  limits: { cpu: number; memoryInGB: number; gpu?: Gpu };
}

export interface GroupResources {
  workspace: ContainerResources;
  sidecar: ContainerResources | undefined;
  /** What was rounded, in words. */
  notes: string[];
}

/** The most that a whole group gets (learn.microsoft.com/azure/container-instances/container-instances-resource-and-quota-limits). */
const LARGEST = { cpus: 4, memoryGb: 16 };
const LARGEST_WITH_GPU: Record<Gpu["count"], { cpus: number; memoryGb: number }> = {
  1: { cpus: 6, memoryGb: 112 },
  2: { cpus: 12, memoryGb: 224 },
  4: { cpus: 24, memoryGb: 448 },
};
/** A group gets no less (…/container-instances-container-groups). */
const SMALLEST = { cpus: 1, memoryGb: 1 };

/** Of the group, for Caddy: it is idle but for handshakes, and may use more then. */
const SIDECAR = { cpu: 0.1, memoryInGB: 0.3 };

/**
 * Shares a group among the workspace and its sidecar. Azure counts memory in tenths of a gigabyte: it is rounded up.
 * @throws Error where the size is larger than Azure gives.
 */
export function groupResources(
  size: WorkspaceSpec["size"],
  { name, hasSidecar, gpu }: { name: string; hasSidecar: boolean; gpu?: Gpu },
): GroupResources {
  const { cpus, memoryMb } = workspaceSize(size);
  const largest = gpu === undefined ? LARGEST : LARGEST_WITH_GPU[gpu.count];
  const wanted = {
    cpu: Math.max(cpus, SMALLEST.cpus),
    memoryInGB: Math.max(tenths(memoryMb / 1024), SMALLEST.memoryGb),
  };
  if (wanted.cpu > largest.cpus || wanted.memoryInGB > largest.memoryGb)
    throw new Error(
      `workspace ${name}: its size is ${cpus} cores and ${memoryMb} MB, and Azure Container Instances gives at most ` +
        `${largest.cpus} cores and ${largest.memoryGb} GB: choose a smaller size, or another place`,
    );
  const left = hasSidecar ? SIDECAR : { cpu: 0, memoryInGB: 0 };
  const requests = {
    cpu: Math.min(wanted.cpu, hundredths(largest.cpus - left.cpu)),
    memoryInGB: Math.min(wanted.memoryInGB, tenths(largest.memoryGb - left.memoryInGB)),
  };
  const withGpu = gpu && { gpu };
  return {
    workspace: { requests: { ...requests, ...withGpu }, limits: { ...wanted, ...withGpu } },
    sidecar: hasSidecar
      ? { requests: SIDECAR, limits: { cpu: 1, memoryInGB: SIDECAR.memoryInGB } }
      : undefined,
    notes: notesOn(name, { cpus, memoryMb }, wanted, requests),
  };
}

function notesOn(
  name: string,
  size: { cpus: number; memoryMb: number },
  wanted: { cpu: number; memoryInGB: number },
  requests: { cpu: number; memoryInGB: number },
): string[] {
  const notes: string[] = [];
  if (wanted.cpu !== size.cpus || wanted.memoryInGB * 1024 !== size.memoryMb)
    notes.push(
      `workspace ${name} gets ${wanted.cpu} cores and ${wanted.memoryInGB} GB: Azure gives tenths of a gigabyte, and at least 1 core and 1 GB`,
    );
  if (requests.cpu < wanted.cpu || requests.memoryInGB < wanted.memoryInGB)
    notes.push(
      `workspace ${name} is as large as a container group can be: ${requests.cpu} cores and ${requests.memoryInGB} GB are its own, the rest it shares with the TLS sidecar`,
    );
  return notes;
}

const tenths = (gigabytes: number): number => Math.ceil(Number((gigabytes * 10).toFixed(6))) / 10;
const hundredths = (cores: number): number => Math.round(cores * 100) / 100;
