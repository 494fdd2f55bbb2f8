import { malformed, refuseField } from "./refusals";

/** What a query parameter may hold: throws Refused, or returns the value that goes to the engine (`undefined`: none goes). */
export type Parameter = (value: string, name: string) => string | undefined;

/** The parameters that a route takes; every other is refused. */
export type Parameters = Record<string, Parameter>;

/** A route's checked query: each name once. */
export type Query = Map<string, string>;

/**
 * Checks a query against a route's parameters; `repeatable` ones may come several times and are returned apart.
 * @param repeatsBody whether the route has a JSON body: dockerode writes its fields into the query too, where the engine never reads
 *   them (its parameters are all in lower case), and they go no further
 * @throws Refused
 */
export function checkQuery(
  query: readonly [string, string][],
  parameters: Parameters,
  repeatable: readonly string[] = [],
  repeatsBody = false,
): { once: Query; repeated: Map<string, string[]> } {
  const once: Query = new Map();
  const repeated = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const [name, value] of query) {
    if (repeatsBody && /^[A-Z]/.test(name)) continue;
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (!parameter) refuseField(`query parameter '${name}'`, "this route takes no such parameter here");
    if (seen.has(name) && !repeatable.includes(name)) malformed(`query parameter '${name}' is given twice`);
    seen.add(name);
    const checked = parameter(value, name);
    if (checked === undefined) continue;
    if (repeatable.includes(name)) repeated.set(name, [...(repeated.get(name) ?? []), checked]);
    else once.set(name, checked);
  }
  return { once, repeated };
}

/** Text of a shape. */
export function matching(pattern: RegExp, what: string): Parameter {
  return (value, name) =>
    pattern.test(value) ? value : malformed(`query parameter '${name}' must be ${what}`);
}

/** Go reads these as true or false, and everything else as true. */
export const flag = matching(/^(|0|1|true|false|True|False)$/, "0, 1, true or false");
export const wholeNumber = matching(/^-?[0-9]{1,9}$/, "a whole number");
export const duration = matching(/^-?[0-9]{0,9}$/, "a number of seconds");
export const time = matching(/^[0-9A-Za-z.:+-]{0,40}$/, "a time");
export const detachKeys = matching(/^[A-Za-z0-9@^[\],_\\-]{0,64}$/, "a key sequence");
export const text = matching(/^[^\n]{0,4096}$/, "a line of text");
export const platform = matching(/^[a-z0-9/._-]{0,64}$/, "a platform such as linux/amd64");

/** A flag that a client means for itself: dockerode's `hijack`. It goes no further. */
export const ignored: Parameter = (value, name) => {
  flag(value, name);
  return undefined;
};

/** Empty and false values pass and are dropped; every other is refused with the reason. */
export function never(why: string): Parameter {
  return (value, name) =>
    ["", "0", "false", "False", "null", "[]", "{}"].includes(value)
      ? undefined
      : refuseField(`query parameter '${name}'`, why);
}

/** Whether Go reads the flag as true. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false", "False", "no", "none"].includes(value);
}
