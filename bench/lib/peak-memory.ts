import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const SAMPLE_MS = 50;

/** Most memory that the processes of one kind had, each by itself. */
export interface Peak {
  what: string;
  /** VmHWM of proc(5): the largest resident set so far, shared pages counted. */
  mebibytes: number;
}

/** Runs `work` and watches what this process and its descendants start meanwhile. */
export async function peaksDuring<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; peaks: Peak[] }> {
  const peaks = new Map<string, number>();
  let ended = false;
  const watch = async (): Promise<void> => {
    while (!ended) {
      for (const { what, mebibytes } of samples()) peaks.set(what, Math.max(mebibytes, peaks.get(what) ?? 0));
      await sleep(SAMPLE_MS);
    }
  };
  const watching = watch();
  try {
    const result = await work();
    return {
      result,
      peaks: [...peaks]
        .map(([what, mebibytes]) => ({ what, mebibytes }))
        .sort((a, b) => (a.what < b.what ? -1 : 1)),
    };
  } finally {
    ended = true;
    await watching;
  }
}

/** What a command line is a process of; undefined for all that is no part of Pulumi. */
export function kindOf(commandLine: string): string | undefined {
  const plugin = /resource-([a-z]+)-v/.exec(commandLine)?.[1];
  if (plugin !== undefined) return `plugin ${plugin}`;
  if (commandLine.includes("cmd/run-policy-pack")) return "policy pack";
  if (commandLine.includes("cmd/run/")) return "program";
  if (/language-nodejs/.test(commandLine)) return "language host";
  return /^\S*\bpulumi (up|preview|.* up )/.test(commandLine) ? "pulumi" : undefined;
}

function samples(): Peak[] {
  return descendants(process.pid).flatMap((pid) => {
    const what = kindOf(readOf(pid, "cmdline").replaceAll("\0", " "));
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readOf(pid, "status"))?.[1];
    return what === undefined || kibibytes === undefined
      ? []
      : [{ what, mebibytes: Number(kibibytes) / 1024 }];
  });
}

function descendants(root: number): number[] {
  const parents = fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), Number(/\) \S (\d+)/.exec(readOf(Number(name), "stat"))?.[1])] as const);
  const found = new Set([root]);
  // A child's number may be smaller than its parent's, so once through the list is not enough.
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

function readOf(pid: number, file: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch (error) {
    // It ended meanwhile.
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
    throw error;
  }
}
