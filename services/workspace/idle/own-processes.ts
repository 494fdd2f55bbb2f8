import * as fs from "node:fs";
import * as path from "node:path";

/** A process of the workspace. */
export interface OwnProcess {
  pid: number;
  parent: number;
  userId: number;
  /** As it was started, or as it calls itself. */
  args: string[];
  /** Time on all cores since it began. */
  cpuMs: number;
}

/** USER_HZ, which Linux fixes for what it tells programs (proc(5)). */
const MS_PER_TICK = 10;

/**
 * The processes that belong to the workspace, without this one and its init. In a container of its own that is all there are; anywhere else
 * only those that descend from this one, since nothing else may ever be counted or ended.
 */
export function ownProcesses(): OwnProcess[] {
  const all = pids().flatMap((pid) => read(pid) ?? []);
  if (isAlone()) return all.filter(({ pid, args }) => pid !== 1 && pid !== process.pid && args.length > 0);
  const found = new Set([process.pid]);
  // A parent need not have the lower number: until nothing new is found.
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => found.has(pid) && pid !== process.pid);
}

/** Whether what runs as number 1 was started to run this program: the end of its command line is this one's whole, or it is Fly.io's. */
function isAlone(): boolean {
  if (process.pid === 1) return true;
  const first = commandLine(1);
  const own = commandLine(process.pid);
  if (own.length === 0 || first === undefined) return false;
  return first[0] === "/fly/init" || own.every((word, index) => first.at(index - own.length) === word);
}

function pids(): number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Undefined where it has ended meanwhile, or is dead and waits for its parent. */
function read(pid: number): OwnProcess | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name, in parentheses, may hold anything.
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X") return undefined;
    const status = fs.readFileSync(`/proc/${pid}/status`, "latin1");
    const [userTicks, systemTicks] = [rest[9], rest[10]].map(Number);
    return {
      pid,
      parent: Number(parent),
      userId: Number(/^Uid:\s+(\d+)/m.exec(status)?.[1] ?? -1),
      args: commandLine(pid),
      cpuMs: ((userTicks ?? 0) + (systemTicks ?? 0)) * MS_PER_TICK,
    };
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

function commandLine(pid: number): string[] {
  return fs
    .readFileSync(path.join("/proc", String(pid), "cmdline"), "utf8")
    .split("\0")
    .filter((word, index, words) => word !== "" || index < words.length - 1);
}
