import { Archive, Asset, UNKNOWN, type Value } from "./types";

/** A map or object value, as opposed to a list, an asset or a scalar. */
export function isObject(value: Value | undefined): value is { [key: string]: Value } {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Asset) &&
    !(value instanceof Archive)
  );
}

/** Not given: the program left it out, or gave null, which SDKs send for an undefined list element or field. */
export function isAbsent(value: Value | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/** Whether the value is unknown or has an unknown anywhere inside. */
export function containsUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isObject(value) && Object.values(value).some(containsUnknown);
}

/** Equal in content. Assets and archives are equal by hash, for the engine leaves their content out of a diff. */
export function sameValue(left: Value | undefined, right: Value | undefined): boolean {
  if (isAbsent(left) || isAbsent(right)) return isAbsent(left) && isAbsent(right);
  if (left === UNKNOWN || right === UNKNOWN) return false;
  if (left instanceof Asset || left instanceof Archive) return sameContent(left, right);
  if (Array.isArray(left))
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => sameValue(item, right[index]))
    );
  if (isObject(left)) {
    if (!isObject(right)) return false;
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...keys].every((key) => sameValue(left[key], right[key]));
  }
  return left === right;
}

function sameContent(left: Asset | Archive, right: Value): boolean {
  if (!(right instanceof Asset || right instanceof Archive)) return false;
  if (left instanceof Asset !== right instanceof Asset) return false;
  if (left.source.hash !== undefined && right.source.hash !== undefined)
    return left.source.hash === right.source.hash;
  return JSON.stringify(left.source) === JSON.stringify(right.source);
}
