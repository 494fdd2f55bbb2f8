import { EXIT, Failure } from "../failure";

const SECONDS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;
const PART = /(\d+)([dhms])/g;
const DURATION = /^(\d+[dhms])+$/;

/**
 * The moment that `--since` names, in seconds of Unix time: so long ago (`10m`, `1h30m`, `2d`), or a time (`2026-11-21T08:00`, as
 * Date reads it).
 * @throws Failure (usage)
 */
export function sinceSeconds(text: string, nowMs = Date.now()): number {
  if (DURATION.test(text)) {
    const parts = [...text.matchAll(PART)];
    const ago = parts.reduce(
      (sum, [, count, unit]) => sum + Number(count) * SECONDS[unit as keyof typeof SECONDS],
      0,
    );
    return Math.floor(nowMs / 1000) - ago;
  }
  const moment = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(moment)) return Math.floor(moment / 1000);
  throw new Failure(
    `--since '${text}' is no time: give how long ago (10m, 1h30m, 2d), or when (2026-11-21T08:00)`,
    EXIT.usage,
  );
}
