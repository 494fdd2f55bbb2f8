import { readdirSync, readFileSync } from "node:fs";
import type { FakeFly } from "./api/fake-fly";

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8").replaceAll("\0", " ");
  } catch {
    // It ended meanwhile, or is another user's.
    return "";
  }
}

const processes = (): string[] => readdirSync("/proc").filter((name) => /^\d+$/.test(name));

/** What every process of this machine was started with. */
export function allArguments(): string {
  return processes()
    .map((pid) => textOf(`/proc/${pid}/cmdline`))
    .join("\n");
}

/** Kills the step that talks to this API now. */
export function killStep(fly: FakeFly): void {
  const address = fly.environment["FLY_FLAPS_BASE_URL"] ?? "";
  for (const pid of processes()) {
    const isStep = /^node .*fly-machines\.js /.test(textOf(`/proc/${pid}/cmdline`));
    if (isStep && textOf(`/proc/${pid}/environ`).includes(address)) process.kill(Number(pid), "SIGKILL");
  }
}
