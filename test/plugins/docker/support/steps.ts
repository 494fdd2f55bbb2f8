/** The steps of the engine that tests take again and again. */
import type { PlainProperties, PluginClient } from "../../../support/plugin-client";

export const CONTAINER = "docker:index/container:Container";
export const IMAGE = "docker:index/image:Image";
export const NETWORK = "docker:index/network:Network";
export const REGISTRY_IMAGE = "docker:index/registryImage:RegistryImage";
export const REMOTE_IMAGE = "docker:index/remoteImage:RemoteImage";
export const TAG = "docker:index/tag:Tag";
export const VOLUME = "docker:index/volume:Volume";

export interface Made {
  id: string;
  inputs: PlainProperties;
  state: PlainProperties;
}

/** Checks, as the engine does before every step. @throws Error with the refusals. */
export async function check(
  plugin: PluginClient,
  type: string,
  given: PlainProperties,
): Promise<PlainProperties> {
  const { inputs, failures } = await plugin.check(type, given);
  if (failures.length > 0) throw new Error(JSON.stringify(failures));
  return inputs;
}

export async function make(plugin: PluginClient, type: string, given: PlainProperties): Promise<Made> {
  const inputs = await check(plugin, type, given);
  return { inputs, ...(await plugin.create(type, inputs)) };
}

/** What a next `up` with the same program would change, after a refresh where there was one. */
export async function changes(
  plugin: PluginClient,
  type: string,
  made: Made,
  given: PlainProperties,
): Promise<Record<string, string>> {
  const inputs = await check(plugin, type, given);
  const answer = await plugin.diff(type, { id: made.id, state: made.state, oldInputs: made.inputs, inputs });
  return answer.detailed;
}

/** Refreshes. Undefined when the object is gone. */
export async function refresh(plugin: PluginClient, type: string, made: Made): Promise<Made | undefined> {
  return plugin.read(type, made.id, made);
}

/** Updates in place to what the program now says. */
export async function update(
  plugin: PluginClient,
  type: string,
  made: Made,
  given: PlainProperties,
): Promise<Made> {
  const inputs = await check(plugin, type, given);
  const state = await plugin.update(type, { id: made.id, state: made.state, oldInputs: made.inputs, inputs });
  return { id: made.id, inputs, state };
}
