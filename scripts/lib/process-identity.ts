import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";

/** One process of a host, told apart from a later one that got the same id. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, as its host writes it: clock ticks since boot on Linux, a date elsewhere. Only ever compared. */
  startedAt: string;
}

/** One host, as far as process ids have a meaning on it. A field that the host cannot tell is empty. */
export interface HostIdentity {
  hostname: string;
  /** Source: machine-id(5). */
  machineId: string;
  /** Another one after every boot. Source: random(4), /proc/sys/kernel/random/boot_id. */
  bootId: string;
  /** Containers of one host count their processes apart. Source: pid_namespaces(7). */
  pidNamespace: string;
}

/** What the file says, or "" on a host that has no such file. */
function readIfThere(read: () => string): string {
  try {
    return read().trim();
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
    throw error;
  }
}

/** The host that this process runs on. */
export function thisHost(): HostIdentity {
  return {
    hostname: os.hostname(),
    machineId: readIfThere(() => fs.readFileSync("/etc/machine-id", "utf8")),
    bootId: readIfThere(() => fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8")),
    pidNamespace: readIfThere(() => fs.readlinkSync("/proc/self/ns/pid")),
  };
}

/** When a process of this host started; undefined where there is none, or one that ended and nobody has waited for. */
export function startOf(pid: number): string | undefined {
  return fs.existsSync("/proc/self/stat") ? startByProc(pid) : startByPs(pid);
}

/** Source: proc_pid_stat(5). The name in parentheses may hold blanks and parentheses itself. */
function startByProc(pid: number): string | undefined {
  const stat = readIfThere(() => fs.readFileSync(`/proc/${pid}/stat`, "utf8"));
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [fields[0], fields[19]];
  return startTime === undefined || state === "Z" || state === "X" ? undefined : startTime;
}

function startByPs(pid: number): string | undefined {
  try {
    const [state = "", ...start] = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
    })
      .trim()
      .split(/\s+/);
    return state === "" || state.startsWith("Z") ? undefined : start.join(" ");
  } catch (error) {
    // 1: there is no such process.
    if ((error as { status?: number }).status === 1) return undefined;
    throw error;
  }
}

/** The command line of a process of this host that runs; undefined where there is none. */
export function processCommand(pid: number): string | undefined {
  if (startOf(pid) === undefined) return undefined;
  return fs.existsSync("/proc/self/cmdline")
    ? readIfThere(() => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ")
    : execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).trim();
}

/** This very process. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, startedAt: startOf(process.pid) ?? "" };
}

/**
 * Whether a process of some host still runs. "unknown" for another host, whose processes nobody can see from here. A host that
 * was booted since has none of its old processes.
 */
export function livenessOf(
  identity: ProcessIdentity,
  host: HostIdentity,
  here: HostIdentity = thisHost(),
): "alive" | "gone" | "unknown" {
  const sameMachine = host.hostname === here.hostname && host.machineId === here.machineId;
  if (!sameMachine) return "unknown";
  // Without a machine id, two hosts of one name and different boots may as well be two hosts.
  if (host.bootId !== here.bootId) return here.machineId === "" ? "unknown" : "gone";
  if (host.pidNamespace !== here.pidNamespace) return "unknown";
  return startOf(identity.pid) === identity.startedAt ? "alive" : "gone";
}
