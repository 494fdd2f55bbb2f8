import { UNKNOWN, type Properties, type ResourceDefinition, type ResourceState } from "./types";

/** The outputs that a preview shows: inputs as they are, what the resource can tell beforehand, the rest unknown. */
export function previewState(
  definition: ResourceDefinition,
  inputs: Properties,
  old: ResourceState | undefined,
): Properties {
  const unknown: Properties = Object.fromEntries(
    Object.keys(definition.outputs).map((name) => [name, UNKNOWN as Properties[string]]),
  );
  return { ...unknown, ...inputs, ...definition.previewOutputs?.(inputs, old) };
}
