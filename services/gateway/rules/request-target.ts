import { malformed, refuse } from "./refusals";

/** Older versions let `start` carry a host config. */
const OLDEST_MINOR = 41;
/** The newest API whose routes and fields the table was written against. */
export const NEWEST_MINOR = 56;
const LONGEST_TARGET = 64 * 1024;

/** A request target, decoded once; everything that could be read in two ways is refused before. */
export interface RequestTarget {
  /** "" or "/v1.41": goes to the engine as it came. */
  version: string;
  /** Without the version, decoded. */
  path: string;
  /** Decoded, in the order sent. Names may repeat here; each route says which of its may. */
  query: [name: string, value: string][];
}

/**
 * Parses a request target in origin form (RFC 9112, 3.2.1) more strictly than any server must.
 * @throws Refused
 */
export function parseTarget(raw: string): RequestTarget {
  if (raw.length > LONGEST_TARGET) refuse(414, "malformed", "the request target is longer than 64 KiB");
  if (!/^[\x21-\x7e]+$/.test(raw))
    malformed("the request target may hold printable ASCII only: percent-encode the rest");
  if (raw.includes("#")) malformed("the request target must not hold a fragment ('#')");
  if (!raw.startsWith("/"))
    malformed("the request target must begin with '/': absolute forms and '*' are not taken");
  const cut = raw.indexOf("?");
  const rawPath = cut < 0 ? raw : raw.slice(0, cut);
  const { version, path } = splitVersion(decodePath(rawPath));
  return { version, path, query: cut < 0 ? [] : parseQuery(raw.slice(cut + 1)) };
}

function decodePath(raw: string): string {
  // Image names hold colons and at-signs, which some clients encode; no name needs another escape.
  const path = raw.replace(/%3a/gi, ":").replace(/%40/g, "@");
  if (path.includes("%")) malformed("percent-encoding in the path is taken for ':' and '@' only");
  if (!/^[A-Za-z0-9_.:@/+-]+$/.test(path))
    malformed("the path holds a character that no route of the Engine API has");
  if (path.includes("//")) malformed("the path holds an empty part ('//')");
  if (path.length > 1 && path.endsWith("/")) malformed("the path ends with '/': leave it out");
  if (path.split("/").some((part) => part === "." || part === "..")) malformed("the path holds '.' or '..'");
  return path;
}

function splitVersion(path: string): { version: string; path: string } {
  if (!/^\/v[0-9.]/i.test(path)) return { version: "", path };
  const match = /^(\/v1\.([1-9][0-9]{1,2}))(\/.*)$/.exec(path);
  const minor = Number(match?.[2]);
  if (!match || minor < OLDEST_MINOR || minor > NEWEST_MINOR) {
    refuse(
      400,
      "api-version",
      `this gateway speaks API versions 1.${OLDEST_MINOR} to 1.${NEWEST_MINOR}: set DOCKER_API_VERSION=1.${OLDEST_MINOR}, or use a docker command of 20.10 or newer`,
    );
  }
  return { version: match[1] ?? "", path: match[3] ?? "" };
}

function parseQuery(raw: string): [string, string][] {
  if (raw === "") return [];
  // Go's parser took ';' for a separator once, and drops the pair today.
  if (raw.includes(";")) malformed("the query holds ';': percent-encode it as %3B");
  return raw.split("&").map((pair) => {
    const cut = pair.indexOf("=");
    const name = cut < 0 ? pair : pair.slice(0, cut);
    if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(name)) malformed("the query holds an empty or odd parameter name");
    return [name, decodeValue(name, cut < 0 ? "" : pair.slice(cut + 1))];
  });
}

function decodeValue(name: string, raw: string): string {
  let value: string;
  try {
    value = decodeURIComponent(raw.replaceAll("+", " "));
  } catch {
    return malformed(`query parameter '${name}' is not percent-encoded UTF-8`);
  }
  // eslint-disable-next-line no-control-regex -- control characters are what this looks for
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(value))
    malformed(`query parameter '${name}' holds a control character`);
  return value;
}

/** Path and query as they go to the engine. */
export function formatTarget(
  version: string,
  path: string,
  query: readonly (readonly [string, string])[],
): string {
  const encoded = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return `${version}${path}${encoded === "" ? "" : `?${encoded}`}`;
}
