import type { Properties, PropertySpec } from "../kit/types";

const STRINGS: PropertySpec = { type: "list", items: { type: "string" } };

/** Inputs of every command, local or remote. */
export const COMMON: Record<string, PropertySpec> = {
  addPreviousOutputInEnv: { type: "boolean" },
  environment: { type: "map", items: { type: "string" } },
  logging: { type: "string", enum: ["stdout", "stderr", "stdoutAndStderr", "none"] },
  stdin: { type: "string" },
};

/** Inputs of every command that is a resource. */
export const LIFE_CYCLE: Record<string, PropertySpec> = {
  create: { type: "string" },
  update: { type: "string" },
  delete: { type: "string" },
  triggers: { type: "list", items: { type: "any" }, onChange: "replace" },
};

/** Inputs of every command on this machine. */
export const LOCAL: Record<string, PropertySpec> = {
  ...COMMON,
  dir: { type: "string" },
  interpreter: STRINGS,
  assetPaths: STRINGS,
  archivePaths: STRINGS,
};

/** A string property. Check made sure of its type. */
export function text(properties: Properties, name: string): string | undefined {
  const value = properties[name];
  return typeof value === "string" ? value : undefined;
}

/** A list of strings. */
export function texts(properties: Properties, name: string): string[] | undefined {
  const value = properties[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
}

/** A map of strings; empty when not given. */
export function textMap(properties: Properties, name: string): Record<string, string> {
  const value = properties[name] ?? {};
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(entries);
}
