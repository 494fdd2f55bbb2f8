import { refuseField } from "../refusals";
import type { RuleSettings } from "../types";
import type { HostRequest } from "./create-schema";

const MIB = 1024 * 1024;
/** The engine's own minimum. */
const LEAST_MEMORY = 6 * MIB;
const LEAST_NANO_CPUS = 10_000_000;

/** Limits of a container, all of them set. */
export interface Limits {
  Memory: number;
  /** Equal to Memory: no swap. */
  MemorySwap: number;
  NanoCpus: number;
  PidsLimit: number;
}

/** The limits that a request asks for, completed by the defaults. Whether they fit the quota is seen with what exists. */
export function limitsOf(host: HostRequest, { defaults, quota }: RuleSettings): Limits {
  const Memory = host.Memory || defaults.memoryMb * MIB;
  const NanoCpus = host.NanoCpus || Math.round(defaults.cpus * 1e9);
  checkMemory(Memory, host.MemorySwap, quota.memoryMb);
  checkCpus(NanoCpus, quota.cpus);
  return { Memory, MemorySwap: Memory, NanoCpus, PidsLimit: host.PidsLimit || defaults.pids };
}

/** @throws Refused where it is less than the engine takes, more than the quota, or with swap */
export function checkMemory(memory: number, swap: number | null | undefined, quotaMb: number): void {
  if (memory < LEAST_MEMORY) refuseField("HostConfig.Memory", "must be at least 6 MiB");
  if (memory > quotaMb * MIB) refuseField("HostConfig.Memory", `is above your whole quota of ${quotaMb} MiB`);
  if (swap && swap !== memory) {
    refuseField("HostConfig.MemorySwap", "containers do not swap: leave it out, or give the value of Memory");
  }
}

/** @throws Refused where it is less than a hundredth or more than the quota */
export function checkCpus(nanoCpus: number, quota: number): void {
  if (nanoCpus < LEAST_NANO_CPUS) refuseField("HostConfig.NanoCpus", "must be at least 0.01 CPUs");
  if (nanoCpus > quota * 1e9)
    refuseField("HostConfig.NanoCpus", `is above your whole quota of ${quota} CPUs`);
}

/** Capabilities that go on: those asked for, all of them from the allowed list. */
export function capabilitiesOf(
  asked: readonly string[] | null | undefined,
  allowed: readonly string[],
): string[] {
  const names = (asked ?? []).map((name) => name.toUpperCase().replace(/^CAP_/, ""));
  for (const name of names) {
    if (!allowed.includes(name)) {
      refuseField(
        "HostConfig.CapAdd",
        `${name} is not among the capabilities that may be added: ${allowed.join(", ")}`,
      );
    }
  }
  return [...new Set(names)].sort().map((name) => `CAP_${name}`);
}

/** Only no-new-privileges may be asked for, and it is set anyway. */
export function checkSecurityOptions(asked: readonly string[] | null | undefined): void {
  for (const option of asked ?? []) {
    if (!/^no-new-privileges([:=]true)?$/.test(option)) {
      refuseField(
        "HostConfig.SecurityOpt",
        `'${option.slice(0, 40)}' is not allowed: seccomp, AppArmor and labels stay as the engine sets them`,
      );
    }
  }
}

/** The one that every container gets may be named; others change the kernel's view of the network or of memory. */
export function checkSysctls(asked: Record<string, string> | null | undefined): void {
  for (const [name, value] of Object.entries(asked ?? {})) {
    if (name !== "net.ipv4.ip_forward" || value !== "0") {
      refuseField(`HostConfig.Sysctls.${name}`, "kernel settings are not the container's");
    }
  }
}

/** Options of memory file systems: none that gives files special rights. */
export function checkTmpfs(folders: Record<string, string> | null | undefined): void {
  for (const [folder, options] of Object.entries(folders ?? {})) {
    const odd = options
      .split(",")
      .find(
        (option) =>
          !/^(|rw|ro|exec|noexec|nosuid|nodev|size=[0-9]+[kmgKMG%]?|mode=[0-7]{3,4}|[ug]id=[0-9]+)$/.test(
            option,
          ),
      );
    if (odd !== undefined) refuseField(`HostConfig.Tmpfs.${folder}`, `option '${odd}' is not allowed`);
  }
}
