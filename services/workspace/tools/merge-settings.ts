import { createHash } from "node:crypto";
import { applyEdits, modify, parse, type JSONPath, type ParseError } from "jsonc-parser";

/** A value that the workspace wants in a settings file that is the user's. */
export interface Wanted {
  path: JSONPath;
  /** Undefined: it is wanted no more. */
  value: unknown;
}

/** The settings with what could be put in, and digests of what is ours in them now. */
export interface Merged {
  text: string;
  /** By path, as in {@link keyOf}. */
  ours: Record<string, string>;
  /** The user's own values that were left, though something else was wanted. */
  left: string[];
}

export const keyOf = (path: JSONPath): string => JSON.stringify(path);
export const pathOf = (key: string): JSONPath => JSON.parse(key) as JSONPath;

/**
 * Puts wanted values into a JSON file with comments, and touches nothing else in it: neither values of the user's own, nor what the user
 * changed in ours or took out of it.
 * @param before digests of what was ours at the time before.
 * @returns undefined where the text is no JSON.
 */
export function mergeSettings(
  text: string,
  wanted: Wanted[],
  before: Readonly<Record<string, string>>,
): Merged | undefined {
  const errors: ParseError[] = [];
  let settings: unknown = parse(text, errors, { allowTrailingComma: true });
  if (errors.length > 0 || typeof settings !== "object" || settings === null) return undefined;
  const merged: Merged = { text, ours: {}, left: [] };
  for (const { path, value } of wanted) {
    const key = keyOf(path);
    const there = valueAt(settings, path);
    const wasOurs = before[key];
    const isOurs = there !== undefined && digest(there) === wasOurs;
    const isRemoved =
      there === undefined && wasOurs !== undefined && value !== undefined && digest(value) === wasOurs;
    if (isRemoved) {
      merged.ours[key] = wasOurs;
    } else if (there === undefined || isOurs) {
      if (value === undefined && there === undefined) continue;
      merged.text = applyEdits(merged.text, modify(merged.text, path, value, { formattingOptions: FORMAT }));
      settings = parse(merged.text);
      if (value !== undefined) merged.ours[key] = digest(value);
    } else if (value !== undefined && digest(there) !== digest(value)) {
      merged.left.push(path.join("."));
    }
  }
  return merged;
}

const FORMAT = { insertSpaces: true, tabSize: 2, eol: "\n" };

function valueAt(settings: unknown, path: JSONPath): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    settings,
  );
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
