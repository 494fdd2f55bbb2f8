import { secretVariable } from "../../spec/workspace/secret-values";

/** Names of the app's secrets by key; Fly.io hands them to the machine as variables, and the workspace takes them out of there. */
export function secretNames(keys: string[]): Record<string, string> {
  return Object.fromEntries([...keys].sort().map((key) => [key, secretVariable(key)]));
}

/** What does not fit between the keys that a spec names and those that have values. */
export function secretProblems(named: string[], given: string[]): string[] {
  const missing = named.filter((key) => !given.includes(key));
  const unnamed = given.filter((key) => !named.includes(key));
  return [
    ...missing.map((key) => `secrets names ${key}, which has no value: set it, or remove it from the spec`),
    ...unnamed.map((key) => `the secret ${key} has a value, but the spec's secrets do not name it: add it`),
  ];
}
