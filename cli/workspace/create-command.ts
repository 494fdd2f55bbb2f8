import { withNeededSecrets } from "../../spec/workspace/container";
import { note, printFact } from "../output";
import { Phases } from "../run/phases";
import { readSettings, required } from "../settings";
import { sshKey } from "./key";
import { passwordCommand } from "./local/files";
import { placeOf } from "./place-of";
import type { WorkspaceFact, WorkspaceFlags } from "./place";
import { readSpec, type SpecFlags } from "./spec";

export interface CreateFlags extends WorkspaceFlags, SpecFlags {
  key?: string;
}

/** `berth workspace create`: made, or brought to what its file and options say; returns when its editor answers. */
export async function createCommand(name: string | undefined, flags: CreateFlags): Promise<void> {
  const phases = new Phases();
  const described = readSpec(name, flags);
  const settings = readSettings(flags);
  const owner = { home: settings.home.value, devId: required(settings, "devId") };
  const { publicKey } = await sshKey(owner, flags.key);
  const authorizedKeys = [...new Set([...described.authorizedKeys, publicKey])];
  const place = await phases.time("session", () => placeOf(flags));
  const fact = await place.create(withNeededSecrets({ ...described, authorizedKeys }), phases);
  printWorkspace(flags, fact, phases, described.editor.auth === "password");
}

/** `berth workspace start`. */
export async function startCommand(name: string, flags: WorkspaceFlags): Promise<void> {
  const phases = new Phases();
  const place = await phases.time("session", () => placeOf(flags));
  printWorkspace(flags, await place.start(name, phases), phases, false);
}

function printWorkspace(
  flags: WorkspaceFlags,
  fact: WorkspaceFact,
  phases: Phases,
  asksForPassword: boolean,
): void {
  const { workspace, url, action, ssh } = fact;
  if (!fact.reachable) {
    note(
      `berth: ${url} cannot be reached from here: berth workspace open ${workspace} goes through the gateway`,
    );
  }
  const lines = [
    `workspace ${workspace} is at ${url}`,
    ...(asksForPassword ? [`  password  ${passwordCommand(workspace)}`] : []),
    `  ssh       ${ssh}`,
    `  ${action} after ${phases.totalMs} ms: ${phases.toString()}`,
  ];
  const measured = { milliseconds: phases.totalMs, phases: phases.milliseconds };
  printFact(flags, { ...fact, ...measured }, lines.join("\n"));
}
