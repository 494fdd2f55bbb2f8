import type { z } from "zod";
import { malformed } from "../rules/refusals";

/** A request's body by its schema. @throws Refused naming every field that is wrong */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join(".") || "the body"}: ${message}`,
  );
  return malformed(problems.join("; "));
}
