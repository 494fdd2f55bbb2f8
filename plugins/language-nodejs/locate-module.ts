import { createRequire } from "node:module";
import * as path from "node:path";

/**
 * Where a module of `@pulumi/pulumi` lies for code in the given folder: its own copy, which fits the program's SDK.
 * Throws an error that says how to install it.
 */
export function locateModule(module: string, folder: string): string {
  try {
    return createRequire(path.join(folder, "index.js")).resolve(module);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new Error(
      `${folder}: the Pulumi SDK is not installed (${module}): run 'pulumi install' or 'npm ci' there`,
      { cause: error },
    );
  }
}
