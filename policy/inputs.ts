import { UNKNOWN, type Known } from "./finding";

/** A resource's inputs as a program gave them, without Outputs: a value that is not known yet is UNKNOWN, at any depth. */
export type Inputs = Record<string, unknown>;

/** A text; undefined where it is absent or empty. */
export function text(inputs: Inputs, key: string): Known<string | undefined> {
  const value = inputs[key];
  if (value === UNKNOWN) return UNKNOWN;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** True only for a given true, in YAML's or in a shell's spelling. */
export function flag(inputs: Inputs, key: string): Known<boolean> {
  const value = inputs[key];
  return value === UNKNOWN ? UNKNOWN : value === true || value === "true";
}

/** A number; undefined where it is absent or none. */
export function number(inputs: Inputs, key: string): Known<number | undefined> {
  const value = inputs[key];
  if (value === UNKNOWN) return UNKNOWN;
  const parsed = typeof value === "string" ? Number.parseFloat(value) : value;
  return typeof parsed === "number" && !Number.isNaN(parsed) ? parsed : undefined;
}

/** A list; empty where it is absent. */
export function list(inputs: Inputs, key: string): Known<unknown[]> {
  const value = inputs[key];
  if (value === UNKNOWN) return UNKNOWN;
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** A list of texts; unknown as soon as one of them is. */
export function texts(inputs: Inputs, key: string): Known<string[]> {
  const value = list(inputs, key);
  if (value === UNKNOWN || value.includes(UNKNOWN)) return UNKNOWN;
  return value.filter((item) => typeof item === "string");
}

/** An object; empty where it is absent. */
export function object(inputs: Inputs, key: string): Known<Inputs> {
  const value = inputs[key];
  if (value === UNKNOWN) return UNKNOWN;
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is Inputs {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
