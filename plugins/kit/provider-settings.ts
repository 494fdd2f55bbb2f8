import type { Properties, PropertySpec, Value } from "./types";

/** Keys that the engine keeps in a provider's inputs for itself (providers/registry.go). */
const ENGINE_KEYS: ReadonlySet<string> = new Set([
  "version",
  "pluginDownloadURL",
  "pluginChecksums",
  "parameterization",
]);

/** A provider's own configuration, without what the engine keeps beside it. */
export function ownSettings(values: Properties): Properties {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !ENGINE_KEYS.has(key)));
}

/**
 * Reads configuration values as their specs say. SDKs and `pulumi config` give everything that is not a string as JSON
 * text; what cannot be read so is left as it is, for the check to refuse.
 */
export function readSettings(specs: Record<string, PropertySpec>, values: Properties): Properties {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const spec = specs[name];
      return [name, spec === undefined ? value : readSetting(spec, value)];
    }),
  );
}

function readSetting(spec: PropertySpec, value: Value): Value {
  if (spec.type === "string" || spec.type === "any" || typeof value !== "string") return value;
  try {
    return JSON.parse(value) as Value;
  } catch {
    return value;
  }
}
