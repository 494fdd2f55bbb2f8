import * as fs from "node:fs";
import * as path from "node:path";
import { Failure } from "../failure";
import { isInside } from "../app/paths";
import { foldersUpFrom } from "../app/workspace";
import type { CheckedApp } from "./checks";

/** Who writes which lockfile. */
const LOCKFILES = {
  "package-lock.json": "npm",
  "npm-shrinkwrap.json": "npm",
  "pnpm-lock.yaml": "pnpm",
  "yarn.lock": "yarn",
  "bun.lock": "bun",
  "bun.lockb": "bun",
} as const;

export type PackageManager = (typeof LOCKFILES)[keyof typeof LOCKFILES];

/**
 * The package manager that wrote the lockfile: the app's own, or that of the workspace around it up to the build context. npm where
 * there is none.
 * @param named `packageManager` of package.json, which decides where several have left one.
 * @throws Failure where several have left one and none is named.
 */
export function packageManager(
  { name, folder, contextFolder }: CheckedApp,
  named: string | undefined,
): PackageManager {
  for (const here of foldersUpFrom(folder).filter((one) => isInside(one, contextFolder))) {
    const found = lockfilesIn(here);
    const managers = new Set(found.map((file) => LOCKFILES[file]));
    const [first] = managers;
    if (first === undefined) continue;
    if (managers.size === 1) return first;
    const chosen = [...managers].find((manager) => named?.startsWith(`${manager}@`));
    if (chosen !== undefined) return chosen;
    throw new Failure(
      `${name} has lockfiles of several package managers in ${here}: ${found.join(", ")}. Remove those that are not used, or name one as "packageManager" in package.json`,
    );
  }
  return Object.values(LOCKFILES).find((manager) => named?.startsWith(`${manager}@`)) ?? "npm";
}

function lockfilesIn(folder: string): (keyof typeof LOCKFILES)[] {
  const all = Object.keys(LOCKFILES) as (keyof typeof LOCKFILES)[];
  return all.filter((file) => fs.existsSync(path.join(folder, file)));
}
