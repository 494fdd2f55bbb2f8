import type { Stack } from "@pulumi/pulumi/automation";
import { z } from "zod";

/** As far as it is asked here. */
const exported = z.object({
  resources: z
    .array(
      z.object({
        type: z.string(),
        outputs: z.object({ instanceView: z.object({ state: z.string() }).optional() }).optional(),
      }),
    )
    .default([]),
});

const GROUP = "azure-native:containerinstance:ContainerGroup";
/** learn.microsoft.com/azure/container-instances/container-state */
const OVER: readonly (string | undefined)[] = ["Succeeded", "Failed", "Stopped"];

/**
 * Whether the container group of a workspace on Azure is over, or gone: one that ended because nobody used it stays in the stack, and Azure
 * can start it only as a new one. Asks Azure.
 */
export async function groupIsOver(stack: Stack): Promise<boolean> {
  await stack.refresh();
  const { resources } = exported.parse((await stack.exportStack()).deployment);
  const group = resources.find(({ type }) => type === GROUP);
  return group === undefined || OVER.includes(group.outputs?.instanceView?.state);
}
