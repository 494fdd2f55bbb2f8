/** Resources that are a record and nothing else: checked by Azure's rules, kept by id, gone with what they lie in. */
import type {
  Call,
  CheckFailure,
  Properties,
  PropertySpec,
  ResourceDefinition,
  ResourceState,
} from "../../kit/types";
import * as read from "../../docker/support/values";
import type { Cloud } from "../cloud/cloud";
import { nameProblem, publicNameProblem, tagProblems, type NAME_RULES } from "../cloud/name-rules";

export interface RecordKind {
  /** With its provider: `Microsoft.Storage/storageAccounts`. */
  type: string;
  properties: Record<string, PropertySpec>;
  /** Inputs of the official schema that this emulation does not have. */
  leftOut: readonly string[];
  name: { input: string; rule: keyof typeof NAME_RULES; isPublic?: boolean };
  /** Outputs that the official schema has beside the inputs and `name`, `type`. */
  outputs: readonly string[];
  /** What must exist before it, by id. */
  parents(cloud: Cloud, inputs: Properties): string[];
  id(cloud: Cloud, inputs: Properties): string;
  /** Facts that are made once and kept, as random keys are. */
  facts?(id: string, inputs: Properties): { [fact: string]: string };
  /** Values of {@link outputs}. */
  state?(cloud: Cloud, inputs: Properties, facts: { [fact: string]: string }): Properties;
  /** Beyond names and tags. */
  problems?(inputs: Properties): CheckFailure[];
  /** What Azure makes or unmakes with it. */
  made?(call: Call<Cloud>, inputs: Properties): Promise<void>;
  removed?(call: Call<Cloud>, state: Properties, id: string): Promise<void>;
}

/** @throws Error with the refusal, where a name is taken or a parent is missing. */
export function recordResource(kind: RecordKind): ResourceDefinition<Cloud> {
  const leftOut = Object.fromEntries(kind.leftOut.map((name) => [name, { type: "any" } as const]));
  const outputNames = ["name", "type", "azureApiVersion", ...kind.outputs].filter(
    (name) => !(name in kind.properties),
  );
  return {
    properties: { ...kind.properties, ...leftOut },
    outputs: Object.fromEntries(outputNames.map((name) => [name, {}])),

    check: (_call, inputs) => ({ inputs, failures: failuresOf(kind, inputs) }),

    async create(call, inputs) {
      const { records } = call.client;
      const id = kind.id(call.client, inputs);
      const name = read.requiredText(inputs, kind.name.input);
      for (const parent of kind.parents(call.client, inputs))
        if (!(await records.get(parent))) throw new Error(`${id}: there is no ${parent}: make it first`);
      const same = kind.name.isPublic ? await records.byName(kind.type, name) : await records.get(id);
      if (same) throw new Error(`${kind.type} '${name}' exists already (${same.id}): choose another name`);
      const facts = kind.facts?.(id, inputs) ?? {};
      await kind.made?.(call, inputs);
      await records.put({ id, type: kind.type, name, facts });
      return stateOf(kind, call.client, id, inputs, facts);
    },

    async read({ client: cloud }, old) {
      const found = await cloud.records.get(old.id);
      return found && { ...stateOf(kind, cloud, old.id, old.inputs, found.facts), inputs: old.inputs };
    },

    async update({ client: cloud }, old, inputs) {
      const found = await cloud.records.get(old.id);
      if (!found) throw new Error(`there is no ${old.id}: refresh the stack`);
      return stateOf(kind, cloud, old.id, inputs, found.facts).state;
    },

    async delete(call, { id, state }) {
      await kind.removed?.(call, state, id);
      await call.client.records.remove(id);
    },
  };
}

function failuresOf(kind: RecordKind, inputs: Properties): CheckFailure[] {
  const name = read.text(inputs, kind.name.input);
  const problem =
    name === undefined
      ? undefined
      : (kind.name.isPublic ? publicNameProblem : nameProblem)(kind.name.rule, name);
  return [
    ...leftOutFailures(kind.leftOut, inputs),
    ...(problem === undefined ? [] : [{ property: kind.name.input, reason: problem }]),
    ...tagFailures(inputs),
    ...(kind.problems?.(inputs) ?? []),
  ];
}

/** Refuses what Azure would take and this emulation does not have, so that nobody believes it was tried. */
export function leftOutFailures(leftOut: readonly string[], inputs: Properties): CheckFailure[] {
  return leftOut
    .filter((property) => inputs[property] !== undefined && inputs[property] !== null)
    .map((property) => ({
      property,
      reason: `"${property}" is left out of this emulation of Azure: remove it, or use the official plugin`,
    }));
}

export function tagFailures(inputs: Properties): CheckFailure[] {
  const known = Object.entries(read.object(inputs, "tags") ?? {}).filter(
    (tag): tag is [string, string] => typeof tag[1] === "string",
  );
  return tagProblems(Object.fromEntries(known)).map((reason) => ({ property: "tags", reason }));
}

function stateOf(
  kind: RecordKind,
  cloud: Cloud,
  id: string,
  inputs: Properties,
  facts: { [fact: string]: string },
): ResourceState {
  const name = read.requiredText(inputs, kind.name.input);
  return { id, state: { ...inputs, name, type: kind.type, ...kind.state?.(cloud, inputs, facts) } };
}
