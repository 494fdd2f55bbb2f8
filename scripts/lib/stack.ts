import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { projectRoot } from "./paths";
import { ensureBackend, pulumi, pulumiOrThrow } from "./pulumi";

/** One resource as the stack's checkpoint has it. Only what the scripts use. */
const resourceSchema = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});
export type StackResource = z.infer<typeof resourceSchema>;

const exportSchema = z.object({
  deployment: z.object({ resources: z.array(resourceSchema).optional() }).nullish(),
});

/** True where the backend knows the stack. */
export async function stackExists(stack: string): Promise<boolean> {
  ensureBackend(stack);
  const stacks = z
    .array(z.object({ name: z.string() }))
    .parse(JSON.parse(await pulumiOrThrow(stack, ["stack", "ls", "--json"])));
  return stacks.some(({ name }) => name === stack || name.endsWith(`/${stack}`));
}

/**
 * Makes the stack where the backend does not know it yet. `pulumi stack init` writes the passphrase's salt into the stack's config
 * file although the state holds it too; the file is put back, because a fresh clone must stay clean in git.
 */
export async function ensureStack(stack: string): Promise<void> {
  if (await stackExists(stack)) return;
  const configFile = path.join(projectRoot, `Pulumi.${stack}.yaml`);
  const config = fs.readFileSync(configFile);
  try {
    await pulumiOrThrow(stack, ["stack", "init", stack]);
  } finally {
    fs.writeFileSync(configFile, config);
  }
}

/** All resources of the stack's checkpoint, in dependency order. Secrets stay encrypted. */
export async function stackResources(stack: string): Promise<StackResource[]> {
  const exported: unknown = JSON.parse(await pulumiOrThrow(stack, ["stack", "export", "--stack", stack]));
  return exportSchema.parse(exported).deployment?.resources ?? [];
}

/** The stack's outputs with secrets masked. */
export async function stackOutputs(stack: string): Promise<Record<string, unknown>> {
  const result = await pulumi(stack, ["stack", "output", "--json", "--stack", stack]);
  if (result.exitCode !== 0)
    throw new Error(
      `stack ${stack} has no outputs to read: run 'make up ENV=${stack}' first\n${result.stderr}`,
    );
  return z.record(z.string(), z.unknown()).parse(JSON.parse(result.stdout));
}
