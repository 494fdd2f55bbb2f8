/** Paths at which two values differ, sorted. What is empty in one way or another counts as the same: clients write it differently. */
export function differences(one: unknown, other: unknown, path = ""): string[] {
  if (isEmpty(one) && isEmpty(other)) return [];
  if (!isObject(one) || !isObject(other)) return one === other ? [] : [path];
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys
    .flatMap((key) => differences(one[key], other[key], path === "" ? key : `${path}.${key}`))
    .sort();
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  return isObject(value) && Object.keys(value).length === 0;
}
