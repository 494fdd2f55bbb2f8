/**
 * Reading plain values out of checked inputs. The kit has checked types before a handler runs, so a wrong type here is a
 * defect of a property table, and unknown values (previews) read as absent.
 */
import { Archive, Asset, type Properties, type Value } from "../../kit/types";

function absent(value: Value | undefined): value is undefined | null {
  return value === undefined || value === null || typeof value === "symbol";
}

function refuse(key: string, expected: string, value: Value): never {
  throw new TypeError(`property "${key}" should be ${expected} but is ${typeof value}`);
}

export function text(properties: Properties, key: string): string | undefined {
  const value = properties[key];
  if (absent(value)) return undefined;
  return typeof value === "string" ? value : refuse(key, "a text", value);
}

/** As {@link text}, with "" read as absent: the Engine and the official plugin treat both alike. */
export function filledText(properties: Properties, key: string): string | undefined {
  return text(properties, key) || undefined;
}

export function requiredText(properties: Properties, key: string): string {
  return text(properties, key) ?? refuse(key, "given", null);
}

export function number(properties: Properties, key: string): number | undefined {
  const value = properties[key];
  if (absent(value)) return undefined;
  return typeof value === "number" ? value : refuse(key, "a number", value);
}

export function flag(properties: Properties, key: string): boolean | undefined {
  const value = properties[key];
  if (absent(value)) return undefined;
  return typeof value === "boolean" ? value : refuse(key, "true or false", value);
}

export function list(properties: Properties, key: string): Value[] {
  const value = properties[key];
  if (absent(value)) return [];
  return Array.isArray(value) ? value : refuse(key, "a list", value);
}

export function texts(properties: Properties, key: string): string[] {
  return list(properties, key).map((value) =>
    typeof value === "string" ? value : refuse(key, "texts", value),
  );
}

export function isProperties(value: Value | undefined): value is Properties {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Asset) &&
    !(value instanceof Archive)
  );
}

export function object(properties: Properties, key: string): Properties | undefined {
  const value = properties[key];
  if (absent(value)) return undefined;
  return isProperties(value) ? value : refuse(key, "an object", value);
}

export function objects(properties: Properties, key: string): Properties[] {
  return list(properties, key).map((value) => (isProperties(value) ? value : refuse(key, "objects", value)));
}

export function textMap(properties: Properties, key: string): Record<string, string> | undefined {
  const value = object(properties, key);
  if (!value) return undefined;
  return Object.fromEntries(Object.keys(value).map((name) => [name, requiredText(value, name)]));
}

/** `[{label, value}]` as the Engine's map. */
export function labels(properties: Properties, key = "labels"): Record<string, string> {
  return Object.fromEntries(
    objects(properties, key).map((label) => [requiredText(label, "label"), requiredText(label, "value")]),
  );
}

/** The Engine's map as `[{label, value}]`, sorted, so that two reads are equal. */
export function labelList(labels: Record<string, string> | null | undefined): Properties[] {
  return Object.entries(labels ?? {})
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([label, value]) => ({ label, value }));
}

/** Without the entries that are undefined. */
export function defined(properties: Record<string, Value | undefined>): Properties {
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
}
