import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { dataRoot } from "../lib/paths";
import { pulumiOrThrow } from "../lib/pulumi";

/** A resource as a checkpoint has it. What is not named here goes through unchanged. */
const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
  /** Why the resource exists, but did not come up. */
  initErrors: z.array(z.string()).optional(),
});
export type StateResource = z.infer<typeof resourceSchema>;

/** An operation that the engine began and of whose end it knows nothing. Source: pulumi, sdk/go/common/apitype, OperationV2. */
const operationSchema = z.looseObject({
  type: z.enum(["creating", "updating", "deleting", "reading", "importing"]),
  resource: resourceSchema,
});

const exportSchema = z.looseObject({
  deployment: z
    .looseObject({
      resources: z.array(resourceSchema).optional(),
      pending_operations: z.array(operationSchema).optional(),
    })
    .nullish(),
});

/** A stack's checkpoint as `pulumi stack export` writes it, secrets encrypted. */
export type Exported = z.infer<typeof exportSchema>;

export async function exportStack(stack: string): Promise<Exported> {
  return exportSchema.parse(JSON.parse(await pulumiOrThrow(stack, ["stack", "export", "--stack", stack])));
}

export function resourcesOf({ deployment }: Exported): StateResource[] {
  return deployment?.resources ?? [];
}

export function pendingOperations({ deployment }: Exported): z.infer<typeof operationSchema>[] {
  return deployment?.pending_operations ?? [];
}

/** The last part of an URN, by which a program names a resource. */
export function logicalName({ urn }: StateResource): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** Puts an edited checkpoint into the stack's place. Pulumi checks that it is whole, and drops all pending operations. */
export async function importStack(stack: string, exported: Exported): Promise<void> {
  const folder = fs.mkdtempSync(path.join(dataRoot, "recover-"));
  const file = path.join(folder, "state.json");
  try {
    fs.writeFileSync(file, JSON.stringify(exported), { mode: 0o600 });
    await pulumiOrThrow(stack, ["stack", "import", "--stack", stack, "--file", file]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const COMMAND = "command:local:Command";
const AGAIN = "interrupted: run again";

/**
 * The checkpoint with every provisioning step marked so that the next `up` runs it once more. Such a step (a login on a database, a
 * limit) shows nothing that a refresh could read, so one that was cut off, or whose end nobody heard of, looks as if all were well.
 * Running it again is harmless; removing it still runs its own removal.
 */
export function withProvisioningAgain(exported: Exported): Exported {
  const resources = resourcesOf(exported).map((resource) =>
    resource.type !== COMMAND
      ? resource
      : {
          ...resource,
          inputs: { ...resource.inputs, create: AGAIN },
          outputs: { ...resource.outputs, create: AGAIN },
        },
  );
  return { ...exported, deployment: { ...exported.deployment, resources } };
}
