import { RefusedError } from "../../kit/errors";
import type { ResourceDefinition } from "../../kit/types";
import { parseUrn } from "../../kit/tokens";
import { LIFE_CYCLE, LOCAL, text } from "../properties";
import { uniqueId } from "../unique-id";
import { execute, workingFolder } from "./execute";
import { withPlaces } from "./found-files";

/**
 * command:local:Command: a command for each step of its life. Only `triggers` replace; any other change runs `update`, or
 * `create` again where there is no `update`.
 */
export const localCommand: ResourceDefinition<undefined> = {
  properties: { ...LOCAL, ...LIFE_CYCLE },
  outputs: { stdout: {}, stderr: {}, assets: {}, archive: {} },
  outputsSecretIfAnyInputIs: ["stdout", "stderr", "assets", "archive"],

  create: async (call, inputs) => {
    const command = text(inputs, "create");
    const outputs = command === undefined ? { stdout: "", stderr: "" } : await execute(call, command, inputs);
    return { id: uniqueId(parseUrn(call.urn).name), state: { ...inputs, ...outputs } };
  },

  read: async (_, { id, state, inputs }) => {
    if (Object.keys(state).length === 0)
      throw new RefusedError("command:local:Command cannot be imported: there is nothing to read it from");
    return { id, inputs, state: await withPlaces(state, workingFolder(state)) };
  },

  update: async (call, { state }, inputs) => {
    const placed = await withPlaces(state, workingFolder(state));
    const kept = Object.fromEntries(Object.entries(placed).filter(([name]) => name in localCommand.outputs));
    const command = text(inputs, "update") ?? text(inputs, "create");
    const outputs = command === undefined ? {} : await execute(call, command, inputs, state);
    return { ...inputs, ...kept, ...outputs };
  },

  delete: async (call, { state }) => {
    const command = text(state, "delete");
    if (command !== undefined) await execute(call, command, state, state);
  },
};
