import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

import { Archive, Asset, UNKNOWN } from "../../plugins/kit/types";

/** A value that travels as a Pulumi secret. */
export class Secret {
  constructor(readonly value: Plain) {}
}

/** Marks a value secret, the way a program's `pulumi.secret` arrives at a plugin. */
export function secret(value: Plain): Secret {
  return new Secret(value);
}

/** What tests write and read: plain values, secrets, unknowns, assets. */
export type Plain =
  | null
  | undefined
  | boolean
  | number
  | string
  | typeof UNKNOWN
  | Secret
  | Asset
  | Archive
  | Plain[]
  | { [key: string]: Plain };
export type PlainProperties = Record<string, Plain>;

const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Writes properties as the engine does. Of the tests' own, so that they see what is really on the wire. */
export function toWire(properties: PlainProperties): Struct {
  return Struct.fromJavaScript(encode(properties) as Record<string, JavaScriptValue>);
}

/** Reads properties as the engine does. */
export function fromWire(struct: Struct | undefined): PlainProperties {
  return decode(struct?.toJavaScript() ?? {}) as PlainProperties;
}

function encode(value: Plain): JavaScriptValue {
  if (value === UNKNOWN) return UNKNOWN_STRING;
  if (value instanceof Secret) return { [SIGNATURE_KEY]: SECRET, value: encode(value.value) };
  if (value instanceof Asset) return { [SIGNATURE_KEY]: ASSET, ...value.source };
  if (value instanceof Archive) return encodeArchive(value);
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value !== "object" || value === null) return value ?? null;
  const given = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(given.map(([key, item]) => [key, encode(item)]));
}

function encodeArchive({ source: { assets, ...rest } }: Archive): JavaScriptValue {
  return { [SIGNATURE_KEY]: ARCHIVE, ...rest, ...(assets && { assets: encode(assets) }) };
}

function decode(raw: unknown): Plain {
  if (raw === UNKNOWN_STRING) return UNKNOWN;
  if (Array.isArray(raw)) return raw.map(decode);
  if (typeof raw !== "object" || raw === null) return raw as Plain;
  const { [SIGNATURE_KEY]: signature, ...fields } = raw as Record<string, unknown>;
  if (signature === SECRET) return new Secret(decode(fields["value"]));
  if (signature === ASSET) return new Asset(fields);
  if (signature === ARCHIVE) return decodeArchive(fields);
  return Object.fromEntries(Object.entries(raw).map(([key, item]) => [key, decode(item)]));
}

function decodeArchive({ assets, ...rest }: Record<string, unknown>): Archive {
  if (assets === undefined) return new Archive(rest);
  return new Archive({ ...rest, assets: decode(assets) as Record<string, Asset | Archive> });
}
