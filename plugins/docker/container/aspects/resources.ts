/** Limits on memory and processor. All but `cpus` and `shmSize` change in place. */
import type Dockerode from "dockerode";
import type { Properties } from "../../../kit/types";
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect } from "../aspect";

const BYTES_PER_MB = 1024 * 1024;
const NANOS_PER_CPU = 1e9;

export const resourcesAspect: Aspect = {
  properties: {
    memory: spec.integer(),
    memoryReservation: spec.integer({ default: 0 }),
    memorySwap: spec.integer(),
    cpuPeriod: spec.integer(),
    cpuQuota: spec.integer(),
    cpuSet: spec.text(),
    cpuShares: spec.integer(),
    ...spec.replacing({ cpus: spec.text(), shmSize: spec.integer() }),
  },

  toRequest(inputs, request) {
    const host = request.HostConfig;
    Object.assign(host, limits(inputs));
    host.ShmSize = bytes(read.number(inputs, "shmSize"));
    const cpus = read.filledText(inputs, "cpus");
    if (!cpus) return;
    host.NanoCpus = Math.round(Number(cpus) * NANOS_PER_CPU);
    // The engine refuses both; as with the official plugin, `cpus` wins.
    delete host.CpuPeriod;
    delete host.CpuQuota;
  },

  fromEngine({ HostConfig: host }) {
    return read.defined({
      memory: megabytes(host.Memory),
      memoryReservation: megabytes(host.MemoryReservation) ?? 0,
      memorySwap: memorySwap(host),
      cpuPeriod: host.CpuPeriod || undefined,
      cpuQuota: host.CpuQuota || undefined,
      cpuSet: host.CpusetCpus || undefined,
      cpuShares: host.CpuShares || undefined,
      cpus: host.NanoCpus ? String(host.NanoCpus / NANOS_PER_CPU) : undefined,
    });
  },
};

/** The limits that the engine can change on a container that exists. */
export function limits(inputs: Properties): Dockerode.HostConfig {
  const swap = read.number(inputs, "memorySwap");
  return {
    Memory: bytes(read.number(inputs, "memory")),
    MemoryReservation: bytes(read.number(inputs, "memoryReservation")),
    MemorySwap: swap === undefined || swap <= 0 ? swap : bytes(swap),
    CpuPeriod: read.number(inputs, "cpuPeriod"),
    CpuQuota: read.number(inputs, "cpuQuota"),
    CpusetCpus: read.filledText(inputs, "cpuSet"),
    CpuShares: read.number(inputs, "cpuShares"),
  };
}

const bytes = (megabytes: number | undefined): number | undefined =>
  megabytes === undefined ? undefined : megabytes * BYTES_PER_MB;

const megabytes = (bytes: number | undefined): number | undefined =>
  bytes ? bytes / BYTES_PER_MB : undefined;

/** Undefined for the engine's own choice, which is twice the memory. */
function memorySwap({ Memory: memory = 0, MemorySwap: swap = 0 }: Dockerode.HostConfig): number | undefined {
  if (swap === 0 || swap === memory * 2) return undefined;
  return swap < 0 ? swap : swap / BYTES_PER_MB;
}
