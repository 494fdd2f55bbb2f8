import { setTimeout as sleep } from "node:timers/promises";
import { runProcesses, type RunProcess } from "../../scripts/lib/run-processes";

/** What of a Pulumi run can be killed. */
export const victimKinds = ["engine", "program", "plugin"] as const;
export type VictimKind = (typeof victimKinds)[number];

const POLL_MS = 20;

function kindOf({ command }: RunProcess): VictimKind | undefined {
  const [program = "", script = ""] = command.split(" ");
  if (program.endsWith("/bin/pulumi")) return "engine";
  if (program.endsWith("node") && /\/resource-[^/]+\/berth-plugin\.cjs$/.test(script)) return "plugin";
  // To the engine a policy pack is a plugin as well.
  if (command.includes("@pulumi/pulumi/cmd/run-policy-pack")) return "plugin";
  return command.includes("@pulumi/pulumi/cmd/run") ? "program" : undefined;
}

/** Everything that runs on a stack started and that lives. */
export function processesOf(stack: string, dataRoot: string): RunProcess[] {
  return runProcesses(stack, { except: "" }, dataRoot);
}

/**
 * Waits until there is a process of this kind, or `over` says that there will be none, and kills one of them with SIGKILL.
 * @returns what was killed; undefined where the run was over first.
 */
export async function strike(
  kind: VictimKind,
  settings: {
    stack: string;
    dataRoot: string;
    pick: (among: RunProcess[]) => RunProcess;
    over: () => boolean;
  },
): Promise<RunProcess | undefined> {
  while (!settings.over()) {
    const found = processesOf(settings.stack, settings.dataRoot).filter(
      (candidate) => kindOf(candidate) === kind,
    );
    if (found.length > 0) {
      const victim = settings.pick(found);
      process.kill(victim.pid, "SIGKILL");
      return victim;
    }
    await sleep(POLL_MS);
  }
  return undefined;
}
