import { checkValue } from "./check-value";
import { keyPath } from "./property-path";
import { nearest } from "./suggest";
import type { CheckOutcome, Properties, PropertySpec } from "./types";
import { isAbsent } from "./values";

/** Keys that bridged providers and the engine keep among the properties for themselves. */
export function isInternalKey(key: string): boolean {
  return key.startsWith("__");
}

/**
 * Checks properties against their specs: names, required ones, types, allowed values; fills defaults in. All problems at
 * once; no failure repeats a value, which may be secret. Unknowns pass.
 */
export function checkProperties(
  specs: Record<string, PropertySpec>,
  given: Properties,
  owner: string,
  path = "",
): CheckOutcome {
  const outcome: CheckOutcome = { inputs: {}, failures: [] };
  for (const name of Object.keys(given)) {
    if (name in specs || isInternalKey(name)) continue;
    outcome.failures.push({ property: keyPath(path, name), reason: unknownName(name, specs, owner) });
  }
  for (const [name, spec] of Object.entries(specs)) {
    const value = given[name];
    const property = keyPath(path, name);
    if (!isAbsent(value)) {
      const checked = checkValue(spec, value, property, owner);
      outcome.inputs[name] = checked.value;
      outcome.failures.push(...checked.failures);
    } else if (spec.default !== undefined) {
      outcome.inputs[name] = spec.default;
    } else if (spec.required) {
      outcome.failures.push({ property, reason: `"${property}" is required by ${owner}: give it a value` });
    }
  }
  return outcome;
}

function unknownName(name: string, specs: Record<string, PropertySpec>, owner: string): string {
  const names = Object.keys(specs);
  const meant = nearest(name, names);
  const advice =
    meant !== undefined ? `did you mean "${meant}"?` : `it has ${names.sort().join(", ") || "no properties"}`;
  return `${owner} has no property "${name}": ${advice}`;
}
