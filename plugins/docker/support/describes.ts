/** Whether what was asked for already describes what is there: how read tells drift from spelling. */
import type { PropertySpec, Value } from "../../kit/types";
import { isProperties } from "./values";

/**
 * `asked` describes `found` when every value that it gives is there. What it leaves open (a random host port, a default)
 * may be anything.
 */
export function describes(asked: Value, found: Value | undefined, spec: PropertySpec | undefined): boolean {
  if (asked === null || typeof asked === "symbol") return true;
  if (Array.isArray(asked)) return describesList(asked, found, spec);
  if (isProperties(asked)) return describesObject(asked, found, spec);
  if (found === undefined || found === null) return asked === false || asked === 0 || asked === "";
  return asked === found;
}

function describesList(asked: Value[], found: Value | undefined, spec: PropertySpec | undefined): boolean {
  if (!Array.isArray(found)) return asked.length === 0 && (found === undefined || found === null);
  if (found.length !== asked.length) return false;
  if (!spec?.unordered) return asked.every((value, index) => describes(value, found[index], spec?.items));
  const left = [...found];
  return asked.every((value) => {
    const match = left.findIndex((candidate) => describes(value, candidate, spec.items));
    if (match >= 0) left.splice(match, 1);
    return match >= 0;
  });
}

function describesObject(
  asked: Record<string, Value>,
  found: Value | undefined,
  spec: PropertySpec | undefined,
): boolean {
  const there = isProperties(found) ? found : {};
  // A map has no defaults of its own: what is there and was not asked for is a difference.
  if (spec?.type === "map" && Object.keys(there).length !== Object.keys(asked).length) return false;
  return Object.entries(asked).every(([key, value]) =>
    describes(value, there[key], spec?.type === "map" ? spec.items : spec?.fields?.[key]),
  );
}
