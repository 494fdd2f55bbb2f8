import { indexPath } from "./property-path";
import type { PropertyDiff, Value } from "./types";

/**
 * Compares two lists whose order has no meaning: elements that both have are left out, the rest is paired up as updates at
 * the new list's index, and what is left over was added (new index) or deleted (old index).
 */
export function diffUnordered(
  old: Value[],
  next: Value[],
  same: (left: Value, right: Value) => boolean,
  path: string,
  replace: boolean,
): PropertyDiff[] {
  const missing = old.map((_, index) => index);
  const added: number[] = [];
  next.forEach((value, index) => {
    const match = missing.findIndex((candidate) => same(old[candidate] ?? null, value));
    if (match >= 0) missing.splice(match, 1);
    else added.push(index);
  });
  const pairs = Math.min(missing.length, added.length);
  return [
    ...added.slice(0, pairs).map((index) => change(index, "update")),
    ...added.slice(pairs).map((index) => change(index, "add")),
    ...missing.slice(pairs).map((index) => change(index, "delete")),
  ];

  function change(index: number, kind: PropertyDiff["kind"]): PropertyDiff {
    return { property: indexPath(path, index), kind, replace };
  }
}
