import type { LocalApp } from "../app/find-app";
import { Failure } from "../failure";

/**
 * What can be asked of an app's own tests, by the command's name: the key of `commands` in berth.yaml that overrides it, the script in
 * package.json, the target in the Makefile.
 */
export const CHECKS = {
  test: { key: "test", script: "test", target: "test" },
  "test-integration": {
    key: "testIntegration",
    script: "test:integration",
    target: "test-integration",
  },
  "test-e2e": { key: "testE2e", script: "test:e2e", target: "test-e2e" },
  lint: { key: "lint", script: "lint", target: "lint" },
} as const;

export type CheckName = keyof typeof CHECKS;
export type Check = (typeof CHECKS)[CheckName];

/** Of an app on the laptop, what decides how its checks are called. */
export type CheckedApp = Pick<LocalApp, "name" | "folder" | "contextFolder" | "manifest">;

/** @param known what there is instead. */
export function missing(app: CheckedApp, what: string, known: string[], { key }: Check): Failure {
  const there = known.length > 0 ? `it has ${known.join(", ")}` : "there is none at all";
  return new Failure(
    `${app.name} has no ${what}: ${there}. Add it, or give commands.${key} in its berth.yaml`,
  );
}
