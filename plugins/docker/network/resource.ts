/** docker:index/network:Network on the Engine API. */
import type { Properties, ResourceDefinition, ResourceState } from "../../kit/types";
import type { Engine } from "../engine/client";
import { engineMessage, isNotFound } from "../engine/errors";
import { chosenByEngine } from "../support/preview";
import { realInputs } from "../support/reality";
import { retry } from "../support/retry";
import { schemaVersion } from "../support/schema-version";
import * as read from "../support/values";
import { createError, removeError } from "./errors";
import { fromNetwork, networkProperties, toNetworkRequest } from "./mapping";

/** Containers that are just being removed still hold their network for a moment. The official plugin waits up to 30 s. */
const REMOVE_LIMIT_MS = 10_000;

export const network: ResourceDefinition<Engine> = {
  properties: networkProperties,
  outputs: { scope: {} },
  autoName: "name",
  // Two networks cannot have one subnet, nor one name.
  deleteBeforeReplace: true,
  previewOutputs: chosenByEngine(["driver", "internal", "ipamConfigs", "options", "scope"]),

  async create({ client: engine }, inputs) {
    try {
      const { id } = await engine.docker.createNetwork(toNetworkRequest(inputs));
      return stateOf(engine, id, inputs);
    } catch (error) {
      throw await createError(engine, inputs, error);
    }
  },

  async read({ client: engine }, old) {
    try {
      const found = await engine.docker.getNetwork(old.id).inspect();
      const inputs = realInputs(networkProperties, old.inputs, fromNetwork(found));
      return { ...(await stateOf(engine, found.Id, inputs)), inputs };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  },

  async delete({ client: engine, signal }, { id }) {
    try {
      await retry(() => engine.docker.getNetwork(id).remove() as Promise<unknown>, {
        limitMs: REMOVE_LIMIT_MS,
        intervalMs: 500,
        signal,
        retriable: (error) => /active endpoints/i.test(engineMessage(error)),
      });
    } catch (error) {
      if (!isNotFound(error)) throw await removeError(engine, id, error);
    }
  },
};

async function stateOf(engine: Engine, id: string, inputs: Properties): Promise<ResourceState> {
  const found = await engine.docker.getNetwork(id).inspect();
  return {
    id: found.Id,
    state: { ...schemaVersion(1), ...inputs, ...read.defined({ ...fromNetwork(found), scope: found.Scope }) },
  };
}
