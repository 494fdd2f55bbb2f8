import { z } from "zod";
import { never, onlyDefault } from "./fields";

const MIB = 1024 * 1024;
const bytes = z.int().min(0).nullish();

const ULIMITS: Record<string, number> = {
  core: 0,
  cpu: 1e9,
  fsize: Number.MAX_SAFE_INTEGER,
  memlock: 64 * MIB,
  nofile: 1_048_576,
  nproc: 65_536,
  stack: 256 * MIB,
};

const ulimit = z
  .strictObject({
    Name: z.enum(Object.keys(ULIMITS) as [string, ...string[]]),
    Soft: z.int().min(0),
    Hard: z.int().min(0),
  })
  .refine(
    ({ Name, Soft, Hard }) => Soft <= Hard && Hard <= (ULIMITS[Name] ?? 0),
    "is above what a container may have",
  );

/** The engine's Resources, which create and update share. */
export const limitFields = {
  Memory: bytes,
  MemoryReservation: bytes,
  /** Checked against Memory: a container never swaps. */
  MemorySwap: z.int().min(0, "swap without a limit is not allowed: leave it out").nullish(),
  MemorySwappiness: onlyDefault([-1], "containers do not swap"),
  NanoCpus: z.int().min(0).nullish(),
  CpuShares: z.int().min(0).max(1024).nullish(),
  CpusetCpus: z
    .string()
    .regex(/^[0-9,-]{0,64}$/)
    .nullish(),
  PidsLimit: z.int().min(0, "a limit on processes is required").max(4096).nullish(),
  Ulimits: z.array(ulimit).max(32).nullish(),
  CpuPeriod: never("use NanoCpus (--cpus)"),
  CpuQuota: never("use NanoCpus (--cpus)"),
  CpuRealtimePeriod: never("no real-time scheduling"),
  CpuRealtimeRuntime: never("no real-time scheduling"),
  CpusetMems: never("memory nodes are the host's"),
  CpuCount: never("Windows only"),
  CpuPercent: never("Windows only"),
  IOMaximumIOps: never("Windows only"),
  IOMaximumBandwidth: never("Windows only"),
  CgroupParent: never("a container stays in the engine's own cgroup"),
  BlkioWeight: never("the host's disks are shared evenly"),
  BlkioWeightDevice: never("no devices of the host"),
  BlkioDeviceReadBps: never("no devices of the host"),
  BlkioDeviceWriteBps: never("no devices of the host"),
  BlkioDeviceReadIOps: never("no devices of the host"),
  BlkioDeviceWriteIOps: never("no devices of the host"),
  Devices: never("no devices of the host"),
  DeviceCgroupRules: never("no devices of the host"),
  DeviceRequests: never("no devices of the host"),
  KernelMemory: never("use Memory (--memory)"),
  KernelMemoryTCP: never("use Memory (--memory)"),
  OomKillDisable: never("a container that is out of memory is ended"),
};
