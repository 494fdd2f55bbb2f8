import type { OutputMap, Stack } from "@pulumi/pulumi/automation";
import { z } from "zod";
import { workspaceSpec, type WorkspaceSpec } from "../../spec/workspace/workspace-spec";
import { reasonsIn } from "../drive-parts/automation";
import { interruptible } from "../lib/interrupts";
import { withLock } from "../lib/lock";
import { PARALLELISM } from "../lib/parallelism";
import { groupIsOver } from "./azure-group";
import { setConfig, stackOf, workspacesProject, workspaceStack, type WorkspaceKey } from "./project";

/** What a workspace's stack says of it (stacks/workspace.ts). */
const outputsSchema = z.object({
  url: z.string(),
  sshCommand: z.string(),
  resourceIds: z.record(z.string(), z.string()),
  running: z.boolean(),
});
export type WorkspaceState = z.output<typeof outputsSchema>;

/** As the stack's config has it; what a place adds stays as it is. */
const storedSchema = z.looseObject({
  spec: workspaceSpec,
  running: z.boolean(),
  deleteData: z.boolean().default(false),
});

/** What is given to make a workspace, or to change it. */
export interface WantedWorkspace {
  spec: WorkspaceSpec;
  /** Values by key. */
  secrets: Record<string, string>;
  /** Settings of the place, beside what workspaces/Pulumi.yaml has. */
  place: object;
}

/** What was done. */
export interface Change {
  action: "created" | "changed" | "kept";
  state: WorkspaceState;
}

/** Makes a workspace, or brings it to what is wanted, and runs it. @throws Error in Pulumi's words. */
export function create(key: WorkspaceKey, { spec, secrets, place }: WantedWorkspace): Promise<Change> {
  return alone(key, "create", async () => {
    const stack = await required(key, true);
    await setConfig(stack.name, "secrets", secrets, true);
    return bringUp(stack, { place: key.place, owner: key.owner, spec, running: true, ...place });
  });
}

/** Runs it, or stops it; its volume stays. @throws Error where there is none. */
export function setRunning(key: WorkspaceKey, running: boolean): Promise<Change & { ran: boolean }> {
  return alone(key, running ? "start" : "stop", async () => {
    const stack = await required(key, false);
    const stored = await storedIn(stack);
    // What runs on Azure would be made anew under its user's hands.
    const stays = key.place === "azure" && stored.running && !(await groupIsOver(stack));
    const attempt = running && !stays ? { attempt: new Date().toISOString() } : {};
    return { ...(await bringUp(stack, { ...stored, running, ...attempt })), ran: stored.running };
  });
}

/**
 * Takes it away: with its data and its stack, or all but its data, which a stopped workspace is.
 * @returns the state that is left; undefined where nothing is.
 */
export function destroy(key: WorkspaceKey, deleteData: boolean): Promise<WorkspaceState | undefined> {
  return alone(key, "destroy", async () => {
    const stack = await required(key, false);
    const stored = await storedIn(stack);
    // What protects the data is in the state: a destroy does not ask the program.
    const { state } = await bringUp(stack, { ...stored, running: false, deleteData });
    if (!deleteData) return state;
    await told(stack, "destroy", (signal) =>
      stack.destroy({ parallel: PARALLELISM, onOutput: show, signal }),
    );
    await stack.workspace.removeStack(stack.name);
    return undefined;
  });
}

/** A caller's workspaces of a place, by name. */
export async function list({
  place,
  owner,
}: Omit<WorkspaceKey, "name">): Promise<(WorkspaceState & { name: string; since: string })[]> {
  const project = await workspacesProject();
  const start = stackOf({ place, owner, name: "" });
  const stacks = (await project.listStacks()).filter(({ name }) => name.startsWith(start));
  const states = await Promise.all(stacks.map(({ name }) => project.stackOutputs(name)));
  return stacks.flatMap(({ name, lastUpdate }, index) => {
    const { data } = outputsSchema.safeParse(plain(states[index] ?? {}));
    return data ? [{ ...data, name: name.slice(start.length), since: lastUpdate ?? "" }] : [];
  });
}

function alone<T>(key: WorkspaceKey, verb: string, action: () => Promise<T>): Promise<T> {
  const stack = stackOf(key);
  return withLock(`workspace-${stack}`, `berth workspace ${verb} ${key.name} --on ${key.place}`, action);
}

async function required(key: WorkspaceKey, make: boolean): Promise<Stack> {
  const stack = await workspaceStack(key, make);
  if (stack) return stack;
  throw new Error(
    `developer ${key.owner} has no workspace '${key.name}' on ${key.place}: nothing was changed`,
  );
}

async function storedIn(stack: Stack): Promise<z.output<typeof storedSchema>> {
  const { value } = await stack.getConfig("workspace");
  return storedSchema.parse(JSON.parse(value));
}

async function bringUp(stack: Stack, workspace: object): Promise<Change> {
  await setConfig(stack.name, "workspace", workspace, false);
  const { summary, outputs } = await told(stack, "up", (signal) =>
    stack.up({ parallel: PARALLELISM, onOutput: show, onError: show, signal }),
  );
  const { create: made = 0, same = 0, ...rest } = summary.resourceChanges ?? {};
  const changed = Object.values(rest).reduce((sum, count) => sum + (count ?? 0), 0);
  const action = made > 0 && same === 0 ? "created" : made + changed > 0 ? "changed" : "kept";
  return { action, state: outputsSchema.parse(plain(outputs)) };
}

/** An update that was killed leaves Pulumi's own lock; ours says that nobody is at work. */
async function told<T>(stack: Stack, verb: string, update: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { ConcurrentUpdateError } = await import("@pulumi/pulumi/automation/index.js");
  try {
    try {
      return await interruptible(update);
    } catch (error) {
      if (!(error instanceof ConcurrentUpdateError)) throw error;
      await stack.cancel();
      return await interruptible(update);
    }
  } catch (error) {
    throw new Error(
      `'pulumi ${verb}' of workspace ${stack.name} failed: ${reasonsIn((error as Error).message)}`,
      {
        cause: error,
      },
    );
  }
}

const show = (text: string): void => void process.stderr.write(text);

function plain(outputs: OutputMap): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]));
}
