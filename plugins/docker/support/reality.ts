/** Inputs that describe reality, as close as possible to how the program wrote them. */
import type { Properties, PropertySpec } from "../../kit/types";
import { describes } from "./describes";

/**
 * @param asked the inputs of the last deployment; empty on import.
 * @param found what the engine reports, as inputs; absent properties cannot be read and stay as asked.
 * @param watched properties to tell about even where the program leaves them open, because somebody can set them later.
 */
export function realInputs(
  specs: Record<string, PropertySpec>,
  asked: Properties,
  found: Properties,
  watched: readonly string[] = [],
): Properties {
  const imported = Object.keys(asked).length === 0;
  const inputs: Properties = { ...asked };
  for (const [name, spec] of Object.entries(specs)) {
    const actual = found[name];
    if (imported) {
      const empty = Array.isArray(actual) && actual.length === 0;
      const value = empty ? undefined : (actual ?? spec.default);
      if (value !== undefined) inputs[name] = value;
      continue;
    }
    const wanted = asked[name];
    if (actual === undefined || (wanted === undefined && !watched.includes(name))) continue;
    if (wanted === undefined || !describes(wanted, actual, spec)) inputs[name] = actual;
  }
  return inputs;
}
