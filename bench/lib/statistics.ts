/** The value in the middle; of an even number the mean of the two. @throws Error for none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error("there is no median of no values");
  const sorted = [...values].sort((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  const high = sorted[upper] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[upper - 1] ?? 0) + high) / 2;
}

/** Smallest and largest. @throws Error for none. */
export function range(values: readonly number[]): { least: number; most: number } {
  if (values.length === 0) throw new Error("there is no range of no values");
  return { least: Math.min(...values), most: Math.max(...values) };
}

/** The smallest of them that as many percent do not exceed (nearest rank). @throws Error for none. */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) throw new Error("there is no percentile of no values");
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
