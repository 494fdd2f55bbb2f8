import { execFile } from "node:child_process";
import * as fs from "node:fs";
import { promisify } from "node:util";

/** A running process of this laptop. */
export interface RunningProcess {
  pid: number;
  /** Its program and words, with spaces between. */
  line: string;
}

const TIMEOUT_MS = 10_000;
const ROOMY_BYTES = 32 * 1024 * 1024;

/**
 * Ends the docker commands through which Mutagen talks to a container. One whose way was cut waits for TCP's next try, up to two minutes
 * after the way is there again, and Mutagen waits with it, even to pause. Mutagen takes its end for a lost connection, and loses nothing.
 * @returns how many there were.
 */
export async function endTransports(container: string): Promise<number> {
  const found = transportsTo(container, await runningProcesses(process.platform));
  for (const { pid } of found) end(pid);
  return found.length;
}

/** Of all processes, those by which some Mutagen talks to this container (mutagen: pkg/agent/transport/docker). Pure. */
export function transportsTo(container: string, all: readonly RunningProcess[]): RunningProcess[] {
  return all.filter(({ line }) => {
    const words = line.split(" ");
    return (
      words.includes("exec") && words.includes(container) && words.some((word) => /mutagen-agent$/.test(word))
    );
  });
}

/** All processes whose command line this user may see. */
async function runningProcesses(platform: NodeJS.Platform): Promise<RunningProcess[]> {
  if (platform === "linux") return fs.readdirSync("/proc").flatMap(fromProc);
  const [program, words] = platform === "win32" ? WINDOWS : POSIX;
  const options = { timeout: TIMEOUT_MS, maxBuffer: ROOMY_BYTES, windowsHide: true };
  const { stdout } = await promisify(execFile)(program, words, options);
  return parseProcesses(stdout);
}

const POSIX = ["ps", ["-A", "-ww", "-o", "pid=,args="]] as const;
const WINDOWS = [
  "powershell.exe",
  [
    "-NoProfile",
    "-NonInteractive",
    "-Command",
    "Get-CimInstance Win32_Process | ForEach-Object { '{0} {1}' -f $_.ProcessId, $_.CommandLine }",
  ],
] as const;

/** Lines of a number and a command line. */
export function parseProcesses(text: string): RunningProcess[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, pid, rest] = /^\s*(\d+) (.+)$/.exec(line) ?? [];
    return rest === undefined ? [] : [{ pid: Number(pid), line: rest.trim() }];
  });
}

function fromProc(name: string): RunningProcess[] {
  if (!/^\d+$/.test(name)) return [];
  try {
    const line = fs.readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return [{ pid: Number(name), line }];
  } catch {
    // It ended meanwhile.
    return [];
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
