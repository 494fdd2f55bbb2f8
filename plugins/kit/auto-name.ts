import { createHash, randomBytes } from "node:crypto";

import type { Properties } from "./types";

const SUFFIX_HEX_DIGITS = 7;

/**
 * Fills the physical name in where the program gave none: `<logical name>-<7 hex>`, so that a replacement can stand beside
 * the old object. An earlier such name is kept; a replacement's Check comes without old inputs and gets a fresh one.
 *
 * @param seed the engine's random seed of this Check: the same in a preview and in the `up` that follows its plan.
 */
export function fillAutoName(
  property: string,
  logicalName: string,
  inputs: Properties,
  oldInputs: Properties | undefined,
  seed: Uint8Array,
): Properties {
  if (inputs[property] !== undefined && inputs[property] !== null) return inputs;
  const old = oldInputs?.[property];
  if (typeof old === "string" && isAutoName(old, logicalName)) return { ...inputs, [property]: old };
  return { ...inputs, [property]: `${logicalName}-${suffix(seed)}` };
}

function isAutoName(name: string, logicalName: string): boolean {
  return name.startsWith(`${logicalName}-`) && /^[0-9a-f]{7}$/.test(name.slice(logicalName.length + 1));
}

function suffix(seed: Uint8Array): string {
  const hex =
    seed.length > 0 ? createHash("sha256").update(seed).digest("hex") : randomBytes(4).toString("hex");
  return hex.slice(0, SUFFIX_HEX_DIGITS);
}
