/** A file share is a volume of the local engine. */
import type { Engine } from "../../docker/engine/client";
import { isNotFound } from "../../docker/engine/errors";

/** Found by whoever looks for what this emulation left. */
export const EMULATION_LABEL = "berth.emulation";
export const EMULATION = "azure-native";

export function shareVolumeName(resourceGroup: string, account: string, share: string): string {
  return `${resourceGroup}-${account}-${share}`;
}

export async function makeShareVolume(engine: Engine, name: string): Promise<void> {
  await engine.docker.createVolume({ Name: name, Labels: { [EMULATION_LABEL]: EMULATION } });
}

/** Its files are gone then: the emulation has no soft delete. */
export async function removeShareVolume(engine: Engine, name: string): Promise<void> {
  try {
    await engine.docker.getVolume(name).remove();
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
