import { z } from "zod";
import { nearest } from "../plugins/kit/suggest";

/** One thing that is wrong in a file the operator or a developer wrote. Never carries the value, which may be a secret. */
export interface Problem {
  /** Where: keys from the outside in, such as ["apps", 0, "path"]. */
  path: (string | number)[];
  /** What is wrong and what to write instead. */
  fix: string;
  /** Set where the last key of the path is what should not be there. */
  isUnknownKey?: true;
}

/** Path as people write it: `apps[0].path`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join("");
}

/**
 * Validates plain data and returns either the parsed value or every problem at once, each with its path and fix. `input` must hold
 * no Output: zod cannot look into one.
 */
export function validate<S extends z.ZodType>(
  schema: S,
  input: unknown,
): { value: z.output<S> } | { problems: Problem[] } {
  const result = schema.safeParse(input, { reportInput: true });
  return result.success
    ? { value: result.data }
    : { problems: result.error.issues.flatMap((issue) => toProblems(issue, schema)) };
}

function toProblems(issue: z.core.$ZodIssue, schema: z.ZodType): Problem[] {
  const path = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: [...path, key],
        fix: unknownKeyFix(key, keysAt(schema, path)),
        isUnknownKey: true,
      }));
    case "invalid_type":
      return [{ path, fix: `${mustBe(issue)} ${withArticle(issue.expected)}${quotesHint(issue)}` }];
    case "invalid_value":
      return [{ path, fix: `${mustBe(issue)} ${issue.values.map(String).join(" or ")}` }];
    case "invalid_union": {
      const environments = path.at(-1) === "environment" ? environmentsOf(schema) : [];
      return [
        {
          path,
          fix:
            environments.length > 0
              ? `must be ${environments.join(" or ")}`
              : "has none of the allowed forms",
        },
      ];
    }
    case "too_small":
      return [{ path, fix: `must be at least ${String(issue.minimum)}${unitOf(issue.origin)}` }];
    case "too_big":
      return [{ path, fix: `must be at most ${String(issue.maximum)}${unitOf(issue.origin)}` }];
    case "custom":
    case "invalid_format":
    case "invalid_element":
    case "invalid_key":
    case "not_multiple_of":
      return [{ path, fix: issue.message }];
  }
}

/** An empty key counts as missing; a whole input that is empty has no key to give. */
function mustBe({ input, path }: z.core.$ZodIssue): string {
  return path.length > 0 && (input === undefined || input === null) ? "is missing: give" : "must be";
}

/** YAML reads 01 and yes as a number and a boolean. */
function quotesHint({ input, expected }: z.core.$ZodIssueInvalidType): string {
  return expected === "string" && ["number", "boolean"].includes(typeof input) ? ": put it in quotes" : "";
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters long";
  return origin === "array" ? " entries long" : "";
}

function withArticle(type: string): string {
  const word =
    { array: "list", record: "map of keys to values", object: "map of keys to values", int: "whole number" }[
      type
    ] ?? type;
  return `a ${word}`;
}

function unknownKeyFix(key: string, knownAnywhere: string[]): string {
  // What only another environment knows is no advice here.
  const known = knownAnywhere.filter((name) => name !== key);
  const meant = nearest(key, known);
  if (meant !== undefined) return `is not a known key: did you mean '${meant}'?`;
  return `is not a known key: remove it, or use one of ${known.join(", ")}`;
}

/** The keys that the schema knows at a path, optional wrappers, lists and unions seen through. */
export function keysAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  let candidates = shapes(schema);
  for (const key of path) {
    candidates = candidates.flatMap((candidate) => {
      const next =
        candidate instanceof z.ZodObject
          ? (candidate.shape as Record<string, z.ZodType>)[String(key)]
          : undefined;
      if (next) return shapes(next);
      return candidate instanceof z.ZodArray && typeof key === "number"
        ? shapes(candidate.element as z.ZodType)
        : [];
    });
  }
  return [
    ...new Set(
      candidates.flatMap((candidate) =>
        candidate instanceof z.ZodObject ? Object.keys(candidate.shape) : [],
      ),
    ),
  ].sort();
}

function shapes(schema: z.ZodType): z.ZodType[] {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable
  ) {
    return shapes(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodUnion || schema instanceof z.ZodDiscriminatedUnion) {
    return schema.options.flatMap((option) => shapes(option as z.ZodType));
  }
  return [schema];
}

function environmentsOf(schema: z.ZodType): string[] {
  return shapes(schema).flatMap((option) => {
    const tag =
      option instanceof z.ZodObject ? (option.shape as Record<string, z.ZodType>).environment : undefined;
    return tag instanceof z.ZodLiteral ? [String(tag.value)] : [];
  });
}
