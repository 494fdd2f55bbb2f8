import dockerIgnore from "@balena/dockerignore";

/** Whether a path, from the tree's root with '/', is one that sync leaves alone. */
export type Ignored = (path: string) => boolean;

/**
 * Reads ignore patterns as Mutagen does: a name without '/' counts at any depth, one with a leading '/' from the root, '!' takes back.
 * It decides what is kept for the trash; what is synchronised, Mutagen decides.
 */
export function ignoredBy(patterns: readonly string[]): Ignored {
  const matcher = dockerIgnore({ ignorecase: false }).add(patterns.map(anywhere));
  return (path) => matcher.ignores(path);
}

function anywhere(pattern: string): string {
  const taken = pattern.startsWith("!") ? "!" : "";
  const bare = pattern.slice(taken.length).replace(/\/+$/, "");
  if (bare.startsWith("/")) return taken + bare.slice(1);
  return taken + (bare.startsWith("**/") ? bare : `**/${bare}`);
}
