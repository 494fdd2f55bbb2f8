import type { Environment } from "./environment";

/** Stands for a value that a preview cannot know: it depends on something that `up` makes first. */
export const UNKNOWN: unique symbol = Symbol("known only during up");
export type Known<T> = T | typeof UNKNOWN;

/** Whether an input is given at all. */
export interface GivenFact {
  /** The input's name. */
  property: string;
  given: Known<boolean>;
}

/** What a rule found: a reason to refuse, or a property that can be judged only once it is known. */
export type Finding = { kind: "refused"; message: string } | { kind: "later"; property: string };

/** One rule over the plain facts of one thing. Pure: the same facts always get the same findings. */
export interface Rule<Facts> {
  /** In messages and as the policy's name in the pack. */
  name: string;
  /** One sentence that says what is required, and holds in every environment unless it names one. */
  description: string;
  check(facts: Facts, environment: Environment): Finding[];
}

/** A finding with the rule that made it. */
export type RuleFinding = Finding & { rule: string };

export function refused(message: string): Finding {
  return { kind: "refused", message };
}

export function later(property: string): Finding {
  return { kind: "later", property };
}

/** Refuses for each problem of a known value; an unknown one is for later. */
export function judge<T>(property: string, value: Known<T>, problems: (value: T) => string[]): Finding[] {
  return value === UNKNOWN ? [later(property)] : problems(value).map(refused);
}

/** Everything that the rules find in one thing. */
export function applyRules<Facts>(
  rules: readonly Rule<Facts>[],
  facts: Facts,
  environment: Environment,
): RuleFinding[] {
  return rules.flatMap((rule) =>
    rule.check(facts, environment).map((finding) => ({ rule: rule.name, ...finding })),
  );
}
