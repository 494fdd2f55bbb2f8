import { z } from "zod";
import type { Settings } from "./settings";

const withValues = z.looseObject({ values: z.record(z.string(), z.string()) });
/** Anything shorter is in too many words. */
const SHORTEST = 4;

/** A message in which neither the token nor a value of a secret is left: what Fly.io answers is quoted, and may repeat them. */
export function withoutSecrets(message: string, { authorization }: Settings, input: unknown): string {
  const token = authorization.replace(/^\S+ /, "");
  const values = Object.values(withValues.safeParse(input).data?.values ?? {});
  return [token, ...values]
    .filter((secret) => secret.length >= SHORTEST)
    .sort((one, other) => other.length - one.length)
    .reduce((text, secret) => text.replaceAll(secret, "…"), message);
}
