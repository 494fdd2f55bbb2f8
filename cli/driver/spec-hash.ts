import { createHmac } from "node:crypto";
import type { ContainerSpec } from "../../spec/container-spec";
import type { ContainerFile } from "./container-file";
import type { PublishedPort } from "./create-body";

/** Goes up with every change of what this driver makes of the same spec, so that containers of an older one are replaced. */
const DRIVER_VERSION = 1;

/** All that a container is made from, but for its image, which the engine tells. */
export interface HashedParts {
  spec: ContainerSpec;
  network: string;
  files: readonly ContainerFile[];
  published: readonly PublishedPort[];
}

/**
 * What a container is to be, as one word. It stands in a label that others may see, and covers the content of secret files: hence
 * keyed, so that nobody can try out what a short secret might be.
 * @param key the developer's key for local secrets, the same on all of their laptops.
 */
export function specHash(key: string, parts: HashedParts): string {
  const files = [...parts.files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return createHmac("sha256", key)
    .update(sortedJson({ version: DRIVER_VERSION, ...parts, files }))
    .digest("hex");
}

/** The same text for the same values, however the object came into being. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
