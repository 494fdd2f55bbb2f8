import type { FunctionDefinition, PropertySpec, ResourceDefinition } from "./types";

/** Inputs to store encrypted: marked by the program, or always secret by the schema. */
export function secretInputNames(
  specs: Record<string, PropertySpec>,
  marked: ReadonlySet<string>,
): Set<string> {
  return new Set([...marked, ...Object.keys(specs).filter((name) => specs[name]?.secret)]);
}

/**
 * Outputs to store encrypted: those of the schema, those of the same name as a secret input, and those that are derived
 * from inputs of which the program made one secret. An input that is always secret (a connection) does not count for the
 * last, or everything a remote command prints would be hidden.
 *
 * @param marked inputs (in a refresh: old outputs too) that came as secrets.
 */
export function secretOutputNames(
  definition: Pick<ResourceDefinition, "properties" | "outputs" | "outputsSecretIfAnyInputIs">,
  marked: ReadonlySet<string>,
): Set<string> {
  const names = secretInputNames(definition.properties, marked);
  Object.keys(definition.outputs)
    .filter((name) => definition.outputs[name]?.secret)
    .forEach((name) => names.add(name));
  const anyInput = [...marked].some((name) => isMarkedByProgram(definition.properties[name]));
  if (anyInput) definition.outputsSecretIfAnyInputIs?.forEach((name) => names.add(name));
  return names;
}

/** The same for a function's result. */
export function secretResultNames(definition: FunctionDefinition, marked: ReadonlySet<string>): Set<string> {
  const names = secretInputNames(definition.properties, marked);
  definition.secretOutputs?.forEach((name) => names.add(name));
  if (marked.size > 0) definition.outputsSecretIfAnyInputIs?.forEach((name) => names.add(name));
  return names;
}

function isMarkedByProgram(spec: PropertySpec | undefined): boolean {
  return spec !== undefined && !spec.secret;
}
