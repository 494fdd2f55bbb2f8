import { visit } from "jsonc-parser";
import { malformed } from "./refusals";

const DEEPEST = 24;

/**
 * Parses a JSON body so that nobody could read it differently: no byte order mark, no invalid UTF-8, no duplicate key, nothing
 * after the value, no `__proto__`. What comes back is serialised again before it goes on.
 * @throws Refused
 */
export function parseStrictJson(bytes: Buffer): unknown {
  const text = decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    malformed("the body is not JSON");
  }
  checkKeysAndDepth(text);
  return value;
}

function decode(bytes: Buffer): string {
  if (bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])))
    malformed("the body begins with a byte order mark");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return malformed("the body is not valid UTF-8");
  }
}

/** JSON.parse took the text, so the tolerant visitor meets strict JSON only; it shows what JSON.parse forgets. */
function checkKeysAndDepth(text: string): void {
  const objects: Set<string>[] = [];
  let depth = 0;
  const deeper = (): void => {
    depth += 1;
    if (depth > DEEPEST) malformed(`the body is nested deeper than ${DEEPEST} levels`);
  };
  visit(text, {
    onObjectBegin: () => {
      deeper();
      objects.push(new Set());
    },
    onObjectEnd: () => {
      depth -= 1;
      objects.pop();
    },
    onArrayBegin: deeper,
    onArrayEnd: () => {
      depth -= 1;
    },
    onObjectProperty: (key) => {
      const keys = objects.at(-1);
      if (keys?.has(key)) malformed(`the body names the key '${key}' twice in one object`);
      if (key === "__proto__") malformed("the body holds the key '__proto__'");
      checkText(key);
      keys?.add(key);
    },
    onLiteralValue: (value: unknown) => {
      if (typeof value === "string") checkText(value);
      if (typeof value === "number" && !Number.isFinite(value))
        malformed("the body holds a number out of range");
    },
  });
}

function checkText(text: string): void {
  if (text.includes("\0")) malformed("the body holds a NUL character");
  // Half of a pair: Go replaces it, so that what was checked would not be what is read.
  if (/\p{Surrogate}/u.test(text)) malformed("the body holds half of a surrogate pair");
}
