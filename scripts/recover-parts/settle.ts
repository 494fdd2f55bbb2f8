import type Docker from "dockerode";
import type { Environment } from "../../policy/rules";
import { pulumiOrThrow } from "../lib/pulumi";
import {
  exportStack,
  importStack,
  logicalName,
  pendingOperations,
  resourcesOf,
  withProvisioningAgain,
  type Exported,
} from "./deployment";
import {
  engineOf,
  objectsAmong,
  objectsOf,
  orphansAmong,
  removeObjects,
  stackLabel,
  type EngineObject,
} from "./engine-objects";
import { awaitStops } from "./under-way";

const list = (objects: EngineObject[]): string =>
  objects.map(({ kind, name }) => `${kind} ${name}`).join(", ");

/**
 * Makes state and engine agree again after a change that did not come to its end, so that the next `up` converges. Volumes are never
 * touched. The caller holds the stack's lock, and nothing of the earlier run is alive.
 * @param interrupted a change is known to have been cut off: then what a refresh cannot see is made sure of, too.
 * @returns what was done, a line each; nothing for a stack where all was well.
 */
export async function settle(stack: Environment, interrupted: boolean): Promise<string[]> {
  const before = await exportStack(stack);
  const docker = await engineOf(stack, before);
  const label = stackLabel(stack);
  const done: string[] = [];
  await awaitStops(docker, await objectsOf(docker, label));
  if (interrupted || pendingOperations(before).length > 0) {
    done.push(...(await finishRemovals(docker, label, before)));
    done.push(...(await forgetPending(stack, before)));
  }
  // Reads every resource, so that the state has what is really there, whatever the interrupted operations came to.
  const changed = await refresh(stack);
  if (changed) done.push("read what is really there into the state");
  done.push(...(await removeOrphans(docker, label, stack)));
  return done;
}

/**
 * A container whose removal was cut off, or that never came up, may be anything between running and gone. It holds no data, so its
 * removal is finished, and the next `up` makes it anew.
 */
async function finishRemovals(docker: Docker, label: string, exported: Exported): Promise<string[]> {
  const cutOff = pendingOperations(exported).filter(({ type }) => type === "deleting");
  const failed = resourcesOf(exported).filter(({ initErrors }) => (initErrors ?? []).length > 0);
  const ids = new Set([...cutOff.map(({ resource }) => resource.id), ...failed.map(({ id }) => id)]);
  const objects = objectsAmong(await objectsOf(docker, label), ids);
  await removeObjects(docker, objects);
  return objects.length === 0 ? [] : [`removed what was half removed or never came up: ${list(objects)}`];
}

async function forgetPending(stack: string, exported: Exported): Promise<string[]> {
  const resources = resourcesOf(exported);
  const pending = pendingOperations(exported).map(({ type, resource }) => `${type} ${logicalName(resource)}`);
  if (resources.length > 0) await importStack(stack, withProvisioningAgain(exported));
  return [
    ...(pending.length > 0 ? [`dropped from the state what was interrupted: ${pending.join(", ")}`] : []),
    ...(resources.length > 0 ? ["marked the provisioning steps to run again with the next up"] : []),
  ];
}

/** Whether the refresh changed anything. A pending create would make it ask; the import has dropped those of a stack with resources. */
async function refresh(stack: string): Promise<boolean> {
  const args = ["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--suppress-permalink=true"];
  const output = await pulumiOrThrow(stack, [...args, "--stack", stack]);
  return /^\s+[~+-] \d+ /m.test(output);
}

async function removeOrphans(docker: Docker, label: string, stack: string): Promise<string[]> {
  const orphans = orphansAmong(await objectsOf(docker, label), await exportStack(stack));
  await removeObjects(docker, orphans);
  return orphans.length === 0 ? [] : [`removed what the state does not know: ${list(orphans)}`];
}
