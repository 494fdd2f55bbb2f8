import { spawnSync } from "node:child_process";
import { runCommand, type CommandResult } from "../support/run-command";

/** Ways to run a command without any network, for root and for others; the last is for hosts that offer neither. */
const PREFIXES = [["unshare", "--net"], ["unshare", "--user", "--map-root-user", "--net"], ["env"]];

/** Runs a command as on a host whose network is closed, so that a test does not depend on where it runs. */
export function runOnClosedNetwork(
  command: string,
  args: string[],
  settings: { folder: string; environment: NodeJS.ProcessEnv },
): Promise<CommandResult> {
  const prefix = PREFIXES.find(([tool = "", ...rest]) => spawnSync(tool, [...rest, "true"]).status === 0);
  const [tool = "env", ...rest] = prefix ?? [];
  return runCommand(tool, [...rest, command, ...args], settings);
}
