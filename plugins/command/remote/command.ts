import { parseUrn } from "../../kit/tokens";
import type { Properties, ResourceDefinition } from "../../kit/types";
import { COMMON, LIFE_CYCLE, text } from "../properties";
import { uniqueId } from "../unique-id";
import { CONNECTION } from "./connection";
import { executeRemotely } from "./execute";

/** command:remote:Command: as the local command, over SSH. */
export const remoteCommand: ResourceDefinition<undefined> = {
  properties: { ...COMMON, ...LIFE_CYCLE, connection: CONNECTION },
  outputs: { stdout: {}, stderr: {} },
  outputsSecretIfAnyInputIs: ["stdout", "stderr"],

  create: async (call, inputs) => {
    const command = text(inputs, "create");
    const outputs =
      command === undefined ? { stdout: "", stderr: "" } : await executeRemotely(call, command, inputs);
    return { id: uniqueId(parseUrn(call.urn).name), state: { ...inputs, ...outputs } };
  },

  update: async (call, { state }, inputs) => {
    const kept: Properties = { stdout: state["stdout"] ?? "", stderr: state["stderr"] ?? "" };
    const command = text(inputs, "update") ?? text(inputs, "create");
    const outputs = command === undefined ? {} : await executeRemotely(call, command, inputs, state);
    return { ...inputs, ...kept, ...outputs };
  },

  delete: async (call, { state }) => {
    const command = text(state, "delete");
    if (command !== undefined) await executeRemotely(call, command, state, state);
  },
};
