/** What a name in a service may be. */
export interface NameRule {
  pattern: RegExp;
  /** The pattern in words, after "--role". */
  rule: string;
  /** Names of the server itself, which no app may take over. */
  reserved?: RegExp;
}

/** Postgres cuts names at 63 bytes in silence; lower case needs no quotes for whoever types it later. */
const postgresName = {
  pattern: /^[a-z_][a-z0-9_]{0,62}$/,
  rule: "must have 1 to 63 characters from a-z, 0-9 and _, and not begin with a digit",
};

export const POSTGRES_ROLE: NameRule = {
  ...postgresName,
  reserved: /^(postgres|pg_.*|public|none|user|current_user|current_role|session_user)$/,
};

export const POSTGRES_DATABASE: NameRule = {
  ...postgresName,
  reserved: /^(postgres|template0|template1)$/,
};

export const REDIS_USER: NameRule = {
  pattern: /^[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,127}$/,
  rule: "must have 1 to 128 characters from a-z, A-Z, 0-9 and _.:-",
  reserved: /^(default|berth-admin)$/,
};

/** No pattern characters (* ? [ ] \ ^), or a prefix would cover other apps' keys; a separator at the end, or `shop` would cover `shop2`. */
export const REDIS_PREFIX: NameRule = {
  pattern: /^[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,126}:$/,
  rule: 'must have characters from a-z, A-Z, 0-9 and _.:- and end with ":"',
};

/** Why the name cannot be taken; undefined where it can. */
export function nameProblem(name: string, { pattern, rule, reserved }: NameRule): string | undefined {
  if (!pattern.test(name)) return rule;
  return reserved?.test(name) ? `${JSON.stringify(name)} belongs to the server itself` : undefined;
}
