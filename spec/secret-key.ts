/** Names of secrets: each is the name of a file in the container's secrets folder. */
const SECRET_KEY = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/;
const LONGEST_KEY = 64;

/** Files that Berth itself puts into that folder. */
const RESERVED_KEYS: readonly string[] = ["database-url", "redis-url"];

/** Why a text cannot be the key of a secret; undefined when it can. */
export function secretKeyProblem(key: string): string | undefined {
  if (key.length > LONGEST_KEY || !SECRET_KEY.test(key)) {
    return `'${key}' is no key of a secret: use 1 to ${LONGEST_KEY} lower-case letters, digits and inner dots, hyphens and underscores, such as stripe-key`;
  }
  if (RESERVED_KEYS.includes(key)) {
    return `'${key}' cannot be the key of a secret: Berth itself makes a file of that name; choose another`;
  }
  return undefined;
}
