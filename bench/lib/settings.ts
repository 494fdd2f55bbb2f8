/** What `make bench` measures, by the name that ONLY takes. */
export const parts = [
  "preview",
  "up",
  "many",
  "gateway",
  "onboarding",
  "cli",
  "run",
  "sync",
  "workspace",
] as const;
export type Part = (typeof parts)[number];

export interface Settings {
  /** ONLY: one part; all where absent. */
  parts: readonly Part[];
  /** ROUNDS: how often each side of a comparison runs; the median counts. Default 10. */
  rounds: number;
  /** COMPOSE: the docker compose program, where it is not on PATH. */
  compose: string | undefined;
}

const DEFAULT_ROUNDS = 10;
const MOST_ROUNDS = 100;

/** @throws Error naming the variable that is wrong and what it takes. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const only = environment.ONLY ?? "";
  const chosen = only === "" ? parts : parts.filter((part) => part === only);
  if (chosen.length === 0) throw new Error(`ONLY=${only} is no part of it: use ${parts.join(", ")}`);
  const rounds = Number(environment.ROUNDS || DEFAULT_ROUNDS);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MOST_ROUNDS) {
    throw new Error(`ROUNDS=${environment.ROUNDS} is no whole number from 1 to ${MOST_ROUNDS}`);
  }
  return { parts: chosen, rounds, compose: environment.COMPOSE || undefined };
}
