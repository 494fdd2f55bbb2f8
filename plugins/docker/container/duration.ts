/** Durations as Go writes them ("1m30s"), in nanoseconds as the Engine API has them. */

const NANOSECONDS: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;

/** @throws Error naming the text and how durations are written. */
export function parseDuration(text: string): number {
  if (text === "0") return 0;
  const parts = [...text.matchAll(PART)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw new Error(`"${text}" is not a duration. Write it with units, like 10s, 1m30s or 500ms.`);
  }
  return parts.reduce((sum, [, count, unit]) => sum + Math.round(Number(count) * NANOSECONDS[unit!]!), 0);
}

export function formatDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  if (nanoseconds < NANOSECONDS.s!) return `${nanoseconds / NANOSECONDS.ms!}ms`;
  const seconds = nanoseconds / NANOSECONDS.s!;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const start = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : "";
  return `${start}${Number((seconds % 60).toFixed(9))}s`;
}
