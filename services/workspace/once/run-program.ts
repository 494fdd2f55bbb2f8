import { setTimeout as sleep } from "node:timers/promises";
import { RunningProcess, type Program } from "../supervise/process";

const LAST_LINES = 5;

/**
 * Runs a program to its end. @throws Error with how it ended and its last lines.
 * @param patienceMs after which it is killed.
 */
export async function runProgram(program: Program, patienceMs: number): Promise<void> {
  const last: string[] = [];
  const running = new RunningProcess({
    ...program,
    onLine: (line) => {
      if (line.trim() === "") return;
      last.push(line.trim());
      if (last.length > LAST_LINES) last.shift();
      program.onLine(line);
    },
  });
  const over = new AbortController();
  const late = sleep(patienceMs, "late" as const, { signal: over.signal }).catch(() => "late" as const);
  const end = await Promise.race([running.ended, late]);
  over.abort();
  if (end === "late") {
    running.signal("SIGKILL");
    throw new Error(`killed after ${patienceMs / 60_000} min${said(last)}`);
  }
  // Its last lines may be read a moment after its end.
  if (!end.succeeded) {
    await sleep(50);
    throw new Error(`${end.how}${said(last)}`);
  }
}

function said(lines: string[]): string {
  return lines.length === 0 ? "" : `: ${lines.join(" | ")}`;
}
