import { UNKNOWN } from "../finding";
import type { Inputs } from "../inputs";

/**
 * A copy of a resource's inputs in which every value that the engine does not know yet is UNKNOWN. The policy SDK hands inputs over
 * behind a proxy that throws where such a value is read (@pulumi/policy, proxy.ts).
 */
export function knownInputs(props: Record<string, unknown>): Inputs {
  return copy(props) as Inputs;
}

function copy(value: unknown): unknown {
  // Not map, which reads an element before it hands it over.
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => read(value, index));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.keys(value).map((key) => [key, read(value as Inputs, key)]));
}

function read<Key extends string | number>(holder: Record<Key, unknown>, key: Key): unknown {
  try {
    return copy(holder[key]);
  } catch (error) {
    if (isUnknownValue(error)) return UNKNOWN;
    throw error;
  }
}

/** The SDK does not export the error's class. */
function isUnknownValue(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === "UnknownValueError";
}
