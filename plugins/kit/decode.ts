import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

import {
  ARCHIVE_SIGNATURE,
  ASSET_SIGNATURE,
  OUTPUT_VALUE_SIGNATURE,
  SECRET_SIGNATURE,
  SIGNATURE_KEY,
  UNKNOWN_SENTINELS,
} from "./signatures";
import { Archive, Asset, UNKNOWN, type Properties, type Value } from "./types";

/** Properties as they came over the wire, unwrapped, and what was wrapped. */
export interface Decoded {
  values: Properties;
  /** Top-level properties that are secret or hold one anywhere inside. */
  secretNames: Set<string>;
  /** The values that were marked secret, for redaction. */
  secretValues: Map<string, Value[]>;
}

/** Reads a Struct of the protocol. A missing one (an import has no state) is empty. */
export function decodeProperties(struct: Struct | undefined): Decoded {
  const decoded: Decoded = { values: {}, secretNames: new Set(), secretValues: new Map() };
  for (const [name, raw] of Object.entries(struct?.toJavaScript() ?? {})) {
    const secrets: Value[] = [];
    decoded.values[name] = decodeValue(raw, secrets);
    if (secrets.length > 0) {
      decoded.secretNames.add(name);
      decoded.secretValues.set(name, secrets);
    }
  }
  return decoded;
}

function decodeValue(raw: unknown, secrets: Value[]): Value {
  if (UNKNOWN_SENTINELS.has(raw)) return UNKNOWN;
  if (Array.isArray(raw)) return raw.map((item) => decodeValue(item, secrets));
  if (typeof raw === "object" && raw !== null) return decodeObject(raw as Record<string, unknown>, secrets);
  return raw as null | boolean | number | string;
}

function decodeObject(raw: Record<string, unknown>, secrets: Value[]): Value {
  switch (raw[SIGNATURE_KEY]) {
    case SECRET_SIGNATURE:
      return remember(decodeValue(raw["value"], secrets), secrets);
    case OUTPUT_VALUE_SIGNATURE: {
      const value = "value" in raw ? decodeValue(raw["value"], secrets) : UNKNOWN;
      return raw["secret"] === true ? remember(value, secrets) : value;
    }
    case ASSET_SIGNATURE:
      return new Asset(source(raw));
    case ARCHIVE_SIGNATURE:
      return decodeArchive(raw, secrets);
    default:
      // A resource reference stays the plain object that it is, so that it goes back as it came.
      return Object.fromEntries(
        Object.entries(raw).map(([key, value]) => [key, decodeValue(value, secrets)]),
      );
  }
}

function remember(value: Value, secrets: Value[]): Value {
  secrets.push(value);
  return value;
}

function decodeArchive(raw: Record<string, unknown>, secrets: Value[]): Archive {
  const assets = raw["assets"];
  if (typeof assets !== "object" || assets === null) return new Archive(source(raw));
  const entries = Object.entries(assets as Record<string, unknown>).map(([name, item]) => {
    const value = decodeValue(item, secrets);
    if (!(value instanceof Asset || value instanceof Archive))
      throw new Error(`the archive entry "${name}" is neither an asset nor an archive`);
    return [name, value] as const;
  });
  return new Archive({ ...source(raw), assets: Object.fromEntries(entries) });
}

function source(raw: Record<string, unknown>): { text?: string; path?: string; uri?: string; hash?: string } {
  const fields = ["text", "path", "uri", "hash"].filter((field) => typeof raw[field] === "string");
  return Object.fromEntries(fields.map((field) => [field, raw[field] as string]));
}
