import { isInternalKey } from "./check";
import { diffUnordered } from "./diff-unordered";
import { indexPath, keyPath } from "./property-path";
import { UNKNOWN, type Properties, type PropertyDiff, type PropertySpec, type Value } from "./types";
import { isAbsent, isObject, sameValue } from "./values";

type OnChange = NonNullable<PropertySpec["onChange"]>;

/**
 * What changed between two sets of inputs, by the table of specs, at the deepest path that tells the change.
 *
 * Old inputs, not old outputs, are the base: outputs carry values that the provider normalised or computed. Drift shows all
 * the same, because Read returns the inputs that describe reality and a refresh makes them the old inputs.
 * A property that is left out equals its default and, for a list, map or object, the empty one.
 */
export function diffProperties(
  specs: Record<string, PropertySpec>,
  old: Properties,
  next: Properties,
): PropertyDiff[] {
  return diffFields(specs, old, next, "", "update");
}

function diffFields(
  specs: Record<string, PropertySpec>,
  old: Properties,
  next: Properties,
  path: string,
  inherited: OnChange,
): PropertyDiff[] {
  return Object.entries(specs).flatMap(([name, spec]) =>
    isInternalKey(name) ? [] : diffValue(spec, old[name], next[name], keyPath(path, name), inherited),
  );
}

function diffValue(
  spec: PropertySpec,
  given: Value | undefined,
  wanted: Value | undefined,
  path: string,
  inherited: OnChange,
): PropertyDiff[] {
  const onChange = spec.onChange ?? inherited;
  if (onChange === "ignore") return [];
  const old = effective(given, spec);
  const next = effective(wanted, spec);
  const replace = onChange === "replace";
  if (sameValue(old, next)) return [];
  if (old === undefined) return [{ property: path, kind: "add", replace }];
  if (next === undefined) return [{ property: path, kind: "delete", replace }];
  if (next !== UNKNOWN && old !== UNKNOWN) {
    if (isObject(old) && isObject(next)) return diffInside(spec, old, next, path, onChange);
    if (Array.isArray(old) && Array.isArray(next) && spec.items !== undefined)
      return diffList(spec, spec.items, old, next, path, onChange);
  }
  return [{ property: path, kind: "update", replace }];
}

function diffInside(
  spec: PropertySpec,
  old: Properties,
  next: Properties,
  path: string,
  onChange: OnChange,
): PropertyDiff[] {
  if (spec.fields !== undefined) return diffFields(spec.fields, old, next, path, onChange);
  const items = spec.items ?? { type: "any" as const };
  const keys = new Set([...Object.keys(old), ...Object.keys(next)].filter((key) => !isInternalKey(key)));
  return [...keys]
    .sort()
    .flatMap((key) => diffValue(items, old[key], next[key], keyPath(path, key), onChange));
}

function diffList(
  spec: PropertySpec,
  items: PropertySpec,
  old: Value[],
  next: Value[],
  path: string,
  onChange: OnChange,
): PropertyDiff[] {
  const same = (left: Value, right: Value) => diffValue(items, left, right, path, onChange).length === 0;
  if (spec.unordered) return diffUnordered(old, next, same, path, onChange === "replace");
  return Array.from({ length: Math.max(old.length, next.length) }, (_, index) =>
    diffValue(items, old[index], next[index], indexPath(path, index), onChange),
  ).flat();
}

function effective(value: Value | undefined, spec: PropertySpec): Value | undefined {
  const given = isAbsent(value) ? spec.default : value;
  if (isAbsent(given)) return undefined;
  if (Array.isArray(given) && given.length === 0) return undefined;
  if (isObject(given) && Object.keys(given).length === 0) return undefined;
  return given;
}
