import { malformed } from "./refusals";
import { parseStrictJson } from "./strict-json";
import type { Incoming } from "./types";

/**
 * A JSON body that says so; undefined where there is none.
 * @throws Refused
 */
export function parseJsonBody(bytes: Buffer | undefined, headers: Incoming["headers"]): unknown {
  if (bytes === undefined || bytes.length === 0) return undefined;
  const type = headers["content-type"];
  if (typeof type !== "string" || !/^application\/json(\s*;\s*charset="?utf-8"?)?$/i.test(type)) {
    malformed("header 'content-type' must be application/json");
  }
  return parseStrictJson(bytes);
}
