import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

import {
  ARCHIVE_SIGNATURE,
  ASSET_SIGNATURE,
  SECRET_SIGNATURE,
  SIGNATURE_KEY,
  UNKNOWN_SENTINEL,
} from "./signatures";
import { Archive, Asset, UNKNOWN, type Properties, type Value } from "./types";

/**
 * Writes properties for the engine. `secretNames` are wrapped as a whole: a handler may have reordered what is inside, so a
 * secret element of a list cannot be found again by its place.
 */
export function encodeProperties(values: Properties, secretNames: ReadonlySet<string>): Struct {
  const fields: Record<string, JavaScriptValue> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const encoded = encodeValue(value);
    fields[name] = secretNames.has(name) ? secretOf(encoded) : encoded;
  }
  return Struct.fromJavaScript(fields);
}

function secretOf(encoded: JavaScriptValue): JavaScriptValue {
  return { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: encoded };
}

function encodeValue(value: Value): JavaScriptValue {
  if (value === UNKNOWN) return UNKNOWN_SENTINEL;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(encodeValue);
  if (value instanceof Asset) return { [SIGNATURE_KEY]: ASSET_SIGNATURE, ...value.source };
  if (value instanceof Archive) return encodeArchive(value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, encodeValue(item)]),
  );
}

function encodeArchive(archive: Archive): JavaScriptValue {
  const { assets, ...rest } = archive.source;
  const encoded = { [SIGNATURE_KEY]: ARCHIVE_SIGNATURE, ...rest };
  if (assets === undefined) return encoded;
  const items = Object.entries(assets).map(([name, item]) => [name, encodeValue(item)] as const);
  return { ...encoded, assets: Object.fromEntries(items) };
}
