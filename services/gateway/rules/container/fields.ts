import { z } from "zod";
import { malformed, refuseField } from "../refusals";

/** False, 0, "", null, [] and {}: what clients send for a field that nobody asked for. */
export function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** A field that no request may use: its zero values are dropped, every other is refused with the reason. */
export function never(why: string): z.ZodOptional<z.ZodType<undefined>> {
  return onlyDefault([], why);
}

/** As `never`, with other values that mean the same as nothing. */
export function onlyDefault(values: readonly unknown[], why: string): z.ZodOptional<z.ZodType<undefined>> {
  return z
    .unknown()
    .refine((value) => isZero(value) || values.includes(value), `not allowed: ${why}`)
    .transform((): undefined => undefined)
    .optional();
}

export const text = z.string().max(64 * 1024);
export const word = z.string().max(4096);
/** A list or one string, as the engine takes commands. */
export const command = z.union([z.array(text).max(4096), text.transform((one) => [one])]).nullish();
export const flag = z.boolean().nullish();
export const words = z.array(word).max(256).nullish();
/** Nanoseconds. */
const nanoseconds = z
  .int()
  .min(0)
  .max(24 * 3600 * 1e9)
  .optional();
export const absolutePath = z
  .string()
  .max(4096)
  .regex(/^\/[^\0]*$/, "must be an absolute path in the container")
  .refine((path) => !path.split("/").includes(".."), "must not hold '..'");

export const healthcheck = z
  .strictObject({
    Test: words,
    Interval: nanoseconds,
    Timeout: nanoseconds,
    StartPeriod: nanoseconds,
    StartInterval: nanoseconds,
    Retries: z.int().min(0).max(1000).optional(),
  })
  .nullish();

export const restartPolicy = z
  .strictObject({
    Name: z
      .enum(
        ["", "no", "on-failure", "unless-stopped"],
        "must be no, on-failure or unless-stopped (instead of always)",
      )
      .optional(),
    MaximumRetryCount: z.int().min(0).max(100).optional(),
  })
  .nullish();

/**
 * Checks a body against a strict schema.
 * @throws Refused naming the first field that may not be sent, with its full path
 */
export function checkBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    malformed("the body must be a JSON object");
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = deepest(result.error.issues);
  if (issue?.code === "unrecognized_keys") {
    const where = formatPath([...issue.path, issue.keys[0] ?? ""]);
    return refuseField(
      where,
      "the gateway knows no such field here (names are exact, upper and lower case too)",
    );
  }
  return refuseField(formatPath(issue?.path ?? []), issue?.message ?? "not allowed");
}

function deepest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  return issues.find(({ code }) => code !== "unrecognized_keys") ?? issues[0];
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((start, part) => {
    if (typeof part === "number") return `${start}[${part}]`;
    return start === "" ? String(part) : `${start}.${String(part)}`;
  }, "");
}
