import { distance } from "fastest-levenshtein";

/** Two characters in the wrong order are two mistakes. */
const FREE_MISTAKES = 2;
const SHORT = 4;

/** The candidate that `name` was probably meant to be: at most a third of it, or two characters, mistyped. Undefined if none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: { candidate: string; mistyped: number } | undefined;
  for (const candidate of candidates) {
    const mistyped = distance(name.toLowerCase(), candidate.toLowerCase());
    const limit = Math.max(candidate.length < SHORT ? 1 : FREE_MISTAKES, Math.floor(candidate.length / 3));
    if (mistyped <= limit && mistyped < (best?.mistyped ?? Infinity)) best = { candidate, mistyped };
  }
  return best?.candidate;
}
