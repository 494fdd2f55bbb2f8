import * as fs from "node:fs";
import { dataRoot } from "./paths";
import { startOf, type ProcessIdentity } from "./process-identity";

/** The variable by which every process that a run starts, however deep, is known: Pulumi and its plugins pass their environment on. */
const RUN_VARIABLE = "BERTH_RUN";

/** One process of a run. */
export interface RunProcess extends ProcessIdentity {
  /** Its command line, for messages. */
  command: string;
}

/** Marks all that this process starts from now on. `id` is the run's lock's. */
export function markRun(stack: string, id: string): void {
  process.env[RUN_VARIABLE] = `${dataRoot}#${stack}#${id}`;
}

function readOfProcess(pid: string, file: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch (error) {
    // It ended meanwhile, or it is somebody else's.
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return "";
    throw error;
  }
}

/**
 * The processes that runs on this stack started and that still live: of one run, or of all but those of the run `except`.
 * Empty on a host without /proc, where nobody may read another process's environment.
 * @param root the data root that the stack's state is in.
 */
export function runProcesses(
  stack: string,
  of: { id: string } | { except: string },
  root: string = dataRoot,
): RunProcess[] {
  if (!fs.existsSync("/proc/self/environ")) return [];
  const marks = `${RUN_VARIABLE}=${root}#${stack}#`;
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const mark = readOfProcess(pid, "environ")
        .split("\0")
        .find((variable) => variable.startsWith(marks));
      if (mark === undefined) return [];
      const id = mark.slice(marks.length);
      const startedAt = startOf(Number(pid));
      if (startedAt === undefined || ("id" in of ? id !== of.id : id === of.except)) return [];
      return [
        { pid: Number(pid), startedAt, command: readOfProcess(pid, "cmdline").split("\0").join(" ").trim() },
      ];
    });
}
