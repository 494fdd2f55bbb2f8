import {
  InitializationError,
  type PluginDefinition,
  type Properties,
  type ResourceDefinition,
  type Value,
} from "../../../plugins/kit/types";

export const BOX = "sample:index:Box";
export const NOTE = "sample:index:Note";

/** What the handlers of the sample plugin saw and made. */
export interface World {
  boxes: Map<string, Properties>;
  aborted: string[];
}

/** A plugin as small as can show all that the kit does. */
export function samplePlugin(
  world: World = { boxes: new Map(), aborted: [] },
): PluginDefinition<{ prefix: string }> {
  return {
    name: "sample",
    version: "1.2.3",
    config: {
      prefix: { type: "string", default: "box" },
      token: { type: "string", secret: true },
      retry: { type: "object", fields: { count: { type: "integer" } } },
      region: { type: "string", onChange: "replace" },
    },
    configure: (config) => {
      if (config["prefix"] === "broken") throw new Error(`no such prefix, token ${word(config["token"])}`);
      return { prefix: word(config["prefix"]) };
    },
    resources: { [BOX]: box(world), [NOTE]: note },
    functions: {
      "sample:index:lookup": {
        properties: { key: { type: "string", required: true } },
        outputsSecretIfAnyInputIs: ["value"],
        secretOutputs: ["password"],
        invoke: (_, args) => Promise.resolve({ value: `about ${word(args["key"])}`, password: "p", size: 1 }),
      },
    },
  };
}

function word(value: Value | undefined): string {
  return typeof value === "string" ? value : typeof value;
}

/** Cannot be updated, read or deleted: text in the state and no more. */
const note: ResourceDefinition<{ prefix: string }> = {
  properties: { text: { type: "string" } },
  outputs: {},
  create: (_, inputs) => Promise.resolve({ id: "note", state: inputs }),
};

function box(world: World): ResourceDefinition<{ prefix: string }> {
  return {
    properties: {
      boxName: { type: "string", onChange: "replace" },
      size: { type: "integer", default: 1 },
      color: { type: "string", enum: ["red", "blue"] },
      password: { type: "string", secret: true },
      door: {
        type: "object",
        fields: { width: { type: "number", required: true }, lock: { type: "string" } },
      },
      connection: {
        type: "object",
        secret: true,
        fields: { host: { type: "string" }, password: { type: "string", secret: true } },
      },
      ports: {
        type: "list",
        onChange: "replace",
        items: {
          type: "object",
          fields: { internal: { type: "integer" }, note: { type: "string", onChange: "update" } },
        },
      },
      labels: { type: "list", unordered: true, items: { type: "string" } },
      environment: { type: "map", items: { type: "string" } },
      comment: { type: "string", onChange: "ignore" },
      content: { type: "asset" },
      extra: { type: "any" },
      behaviour: { type: "string" },
    },
    outputs: { label: {}, key: { secret: true }, summary: {} },
    outputsSecretIfAnyInputIs: ["summary"],
    deleteBeforeReplace: true,
    autoName: "boxName",
    check: (_, inputs) => ({
      inputs,
      failures:
        inputs["size"] === 13 ? [{ property: "size", reason: "size 13 is unlucky: take another" }] : [],
    }),
    diff: (_, { state }, found) =>
      state["label"] === "worn out"
        ? [...found, { property: "label", kind: "update", replace: true }]
        : found,
    previewOutputs: (inputs) => ({ label: `${word(inputs["color"])} box` }),
    create: async (call, inputs) => {
      call.log("info", `making a box, password ${word(inputs["password"])}`);
      call.logStatus("folding");
      const state = { ...inputs, label: `${word(inputs["color"])} box`, key: "k-1", summary: "made" };
      if (inputs["behaviour"] === "leaks")
        throw new Error(`refused ${word(inputs["password"])} on ${JSON.stringify(inputs["connection"])}`);
      if (inputs["behaviour"] === "crooked")
        throw new InitializationError({ id: "box-1", state }, [
          "it leans",
          `key ${word(inputs["password"])}`,
        ]);
      if (inputs["behaviour"] === "slow") await untilAborted(call.signal, world);
      world.boxes.set("box-1", state);
      return { id: "box-1", state };
    },
    read: (_, { id, state, inputs }) => {
      const found = world.boxes.get(id);
      if (found === undefined) return Promise.resolve(undefined);
      return Promise.resolve({
        id,
        state: { ...state, ...found },
        inputs: { ...inputs, color: found["color"] ?? null },
      });
    },
    update: (_, { state }, inputs) => Promise.resolve({ ...state, ...inputs }),
    delete: (_, { id }) => {
      world.boxes.delete(id);
      return Promise.resolve();
    },
  };
}

function untilAborted(signal: AbortSignal, world: World): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      const reason = signal.reason as Error;
      world.aborted.push(reason.message);
      reject(reason);
    });
  });
}
