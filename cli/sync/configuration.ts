import { createHash } from "node:crypto";
import { stringify } from "yaml";
import { keptFolders } from "../../spec/app-manifest";
import type { LocalApp } from "../app/find-app";

/** What stays on its own side in every app. */
export const ALWAYS_IGNORED = ["node_modules", ".git", "dist", "build", ".berth"] as const;

/** What Mutagen is to leave alone, in its own form: a name at any depth, or from the root with a leading '/'. */
export function ignoresOf({ manifest, appSubPath }: Pick<LocalApp, "manifest" | "appSubPath">): string[] {
  const start = appSubPath === "" ? "" : `/${appSubPath}`;
  const kept = keptFolders(manifest).map((folder) => `${start}/${folder}`);
  return [...new Set([...ALWAYS_IGNORED, ...kept, ...manifest.sync.ignore])];
}

/**
 * Settings of a session in the form of mutagen.yml. The mode is always two-way-safe: where the laptop is to win, the guard decides
 * conflicts, after it has kept both versions (docs/decisions/0014).
 */
export function sessionConfiguration(ignores: readonly string[]): string {
  return stringify({
    sync: {
      defaults: {
        mode: "two-way-safe",
        ignore: { paths: [...ignores] },
        // Links that lead out of the tree, or are absolute, are reported and not followed.
        symlink: { mode: "portable" },
        permissions: { mode: "portable", defaultFileMode: "0644", defaultDirectoryMode: "0755" },
      },
    },
  });
}

/** What makes a session another one: it is recreated when this changes. */
export function configurationHash(parts: {
  configuration: string;
  mode: string;
  alpha: string;
  beta: string;
  endpoint: string;
}): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
