import { randomBytes } from "node:crypto";

/** An id for something that has none by itself: the prefix and eight hex digits. */
export function uniqueId(prefix: string): string {
  return prefix + randomBytes(4).toString("hex");
}
