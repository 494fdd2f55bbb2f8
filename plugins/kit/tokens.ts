import { RefusedError } from "./errors";
import { nearest } from "./suggest";
import type { FunctionDefinition, PluginDefinition, ResourceDefinition } from "./types";

/** The resource that a URN's type names. @throws RefusedError for one that this stand-in does not have. */
export function resourceOf<Client>(
  definition: PluginDefinition<Client>,
  type: string,
): ResourceDefinition<Client> {
  const found = definition.resources[type];
  if (found === undefined)
    throw notCovered(definition, "resource type", type, Object.keys(definition.resources));
  return found;
}

/** The function of a token. @throws RefusedError for one that this stand-in does not have. */
export function functionOf<Client>(
  definition: PluginDefinition<Client>,
  token: string,
): FunctionDefinition<Client> {
  const found = definition.functions[token];
  if (found === undefined) throw notCovered(definition, "function", token, Object.keys(definition.functions));
  return found;
}

/** A refusal that names what is missing, what there is, and where to get the rest. */
export function notCovered<Client>(
  definition: PluginDefinition<Client>,
  kind: string,
  token: string,
  covered: string[],
): RefusedError {
  const { name, version } = definition;
  const meant = nearest(token, covered);
  const advice = meant === undefined ? "" : ` (did you mean ${meant}?)`;
  return new RefusedError(
    `the ${kind} ${token} is not known to this stand-in for the ${name} plugin${advice}. ` +
      `This stand-in covers ${covered.sort().join(", ") || "none"}; for others install the official plugin: ` +
      `pulumi plugin install resource ${name} ${version}`,
  );
}

/** Type and logical name inside a URN: `urn:pulumi:stack::project::parent$type::name`. */
export function parseUrn(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? types, name: name.join("::") };
}
