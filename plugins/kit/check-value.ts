import { checkProperties } from "./check";
import { indexPath, keyPath } from "./property-path";
import { Archive, Asset, UNKNOWN, type CheckFailure, type PropertySpec, type Value } from "./types";
import { isObject } from "./values";

interface CheckedValue {
  /** The value with nested defaults filled in. */
  value: Value;
  failures: CheckFailure[];
}

const WHAT: Record<PropertySpec["type"], string> = {
  string: "a string",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  any: "any value",
  asset: "an asset or archive",
  archive: "an archive",
  list: "a list",
  map: "a map",
  object: "an object",
};

/** Checks one present value and all that is inside it. */
export function checkValue(spec: PropertySpec, value: Value, property: string, owner: string): CheckedValue {
  if (value === UNKNOWN) return { value, failures: [] };
  if (!hasType(spec.type, value)) {
    const reason = `"${property}" must be ${WHAT[spec.type]}, and is ${kindOf(value)}`;
    return { value, failures: [{ property, reason }] };
  }
  if (spec.enum !== undefined && !spec.enum.includes(value as string)) {
    return {
      value,
      failures: [{ property, reason: `"${property}" must be one of ${spec.enum.join(", ")}` }],
    };
  }
  if (Array.isArray(value) && spec.items !== undefined) return checkItems(spec.items, value, property, owner);
  if (isObject(value)) return checkFields(spec, value, property, owner);
  return { value, failures: [] };
}

function checkItems(items: PropertySpec, list: Value[], property: string, owner: string): CheckedValue {
  const checked = list.map((item, index) => checkValue(items, item, indexPath(property, index), owner));
  return { value: checked.map((item) => item.value), failures: checked.flatMap((item) => item.failures) };
}

function checkFields(
  spec: PropertySpec,
  value: { [key: string]: Value },
  property: string,
  owner: string,
): CheckedValue {
  if (spec.type === "object" && spec.fields !== undefined) {
    const { inputs, failures } = checkProperties(spec.fields, value, owner, property);
    return { value: inputs, failures };
  }
  const items = spec.items;
  if (spec.type !== "map" || items === undefined) return { value, failures: [] };
  const checked = Object.entries(value).map(
    ([key, item]) => [key, checkValue(items, item, keyPath(property, key), owner)] as const,
  );
  return {
    value: Object.fromEntries(checked.map(([key, item]) => [key, item.value])),
    failures: checked.flatMap(([, item]) => item.failures),
  };
}

function hasType(type: PropertySpec["type"], value: Value): boolean {
  switch (type) {
    case "any":
      return true;
    case "string":
    case "boolean":
    case "number":
      return typeof value === type;
    case "integer":
      return Number.isInteger(value);
    case "asset":
      return value instanceof Asset || value instanceof Archive;
    case "archive":
      return value instanceof Archive;
    case "list":
      return Array.isArray(value);
    case "map":
    case "object":
      return isObject(value);
  }
}

function kindOf(value: Value): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Asset) return "an asset";
  if (value instanceof Archive) return "an archive";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
