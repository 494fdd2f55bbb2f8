import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { passesSignalsOn, passSignalsTo } from "../lib/interrupts";
import { dataRoot, projectRoot, pulumiHome } from "../lib/paths";
import { ensureBackend, pulumiVariables } from "../lib/pulumi";

/** The Pulumi project of workspaces. */
export const workspacesFolder = path.join(projectRoot, "workspaces");

/** Its stacks: what the policy allows runs `.berth/build/…` from the project's folder. */
export type WorkspacePlace = "local" | "azure" | "fly";

/** Whose workspace, and where. */
export interface WorkspaceKey {
  place: WorkspacePlace;
  /** Developer id. */
  owner: string;
  name: string;
}

export const stackOf = ({ place, owner, name }: WorkspaceKey): string => `${place}-${owner}-${name}`;

/** The project by the Automation API, with this checkout's toolchain, backend, passphrase and policy pack. */
export async function workspacesProject(): Promise<LocalWorkspace> {
  ensureBackend("");
  linkData();
  return LocalWorkspace.create({
    workDir: workspacesFolder,
    envVars: pulumiVariables(""),
    pulumiCommand: await PulumiCommand.get({ root: pulumiHome }),
  });
}

/** A workspace's stack; undefined where there is none and none is to be made. */
export async function workspaceStack(key: WorkspaceKey, make: boolean): Promise<Stack | undefined> {
  const project = await workspacesProject();
  const name = stackOf(key);
  const { Stack: stacks } = await import("@pulumi/pulumi/automation/index.js");
  if (make) return stacks.createOrSelect(name, project);
  const isThere = (await project.listStacks()).some((known) => known.name === name);
  return isThere ? stacks.select(name, project) : undefined;
}

/** Sets a key of a stack's config: by standard input, since the Automation API would show it in the list of processes. */
export async function setConfig(stack: string, key: string, value: unknown, secret: boolean): Promise<void> {
  const words = [
    "config",
    "set",
    secret ? "--secret" : "--plaintext",
    key,
    "--stack",
    stack,
    "--non-interactive",
  ];
  const child = spawn(path.join(pulumiHome, "bin", "pulumi"), words, {
    cwd: workspacesFolder,
    env: { ...process.env, ...pulumiVariables(stack) },
    stdio: ["pipe", "ignore", "pipe"],
    detached: passesSignalsOn(),
  });
  passSignalsTo(child);
  let problem = "";
  child.stderr.on("data", (chunk: Buffer) => (problem += chunk.toString()));
  child.stdin.on("error", () => undefined).end(JSON.stringify(value));
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  if (exitCode !== 0)
    throw new Error(`the config of the stack ${stack} cannot be written: ${problem.trim()}`);
}

/** What a stack runs beside its resources is named from the checkout's root: `.berth/build/…`. */
function linkData(): void {
  const link = path.join(workspacesFolder, ".berth");
  if (!fs.existsSync(link))
    fs.symlinkSync(path.relative(workspacesFolder, path.join(projectRoot, ".berth")), link);
  fs.mkdirSync(dataRoot, { recursive: true });
}
