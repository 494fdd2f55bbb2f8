import type { FunctionDefinition } from "../../kit/types";
import { LOCAL, text } from "../properties";
import { execute } from "./execute";

/** command:local:run: runs at every preview and every update. */
export const localRun: FunctionDefinition<undefined> = {
  properties: { ...LOCAL, command: { type: "string", required: true } },
  outputsSecretIfAnyInputIs: ["stdout", "stderr", "assets", "archive"],
  invoke: async (call, args) => ({ ...args, ...(await execute(call, text(args, "command") ?? "", args)) }),
};
