import * as path from "node:path";
import { z } from "zod";
import { causeOf, Failure } from "../failure";
import { readIfThere } from "../files";
import { missing, type Check, type CheckedApp } from "./checks";
import { packageManager } from "./package-manager";

/** Of package.json (docs.npmjs.com/cli/configuring-npm/package-json, nodejs.org/api/packages.html#packagemanager). */
const packageJson = z.looseObject({
  scripts: z.record(z.string(), z.string()).default({}),
  packageManager: z.string().optional(),
});

/** Runs a script of package.json by the package manager that the app is installed with. @throws Failure where there is no such script. */
export function scriptCommand(app: CheckedApp, check: Check): string[] {
  const { scripts, packageManager: named } = readPackage(app, check);
  if (scripts[check.script] === undefined) {
    throw missing(app, `script '${check.script}' in its package.json`, Object.keys(scripts), check);
  }
  return [packageManager(app, named), "run", check.script];
}

function readPackage(app: CheckedApp, check: Check): z.output<typeof packageJson> {
  const file = path.join(app.folder, "package.json");
  const text = readIfThere(file);
  if (text === undefined) throw missing(app, "package.json", [], check);
  try {
    return packageJson.parse(JSON.parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : causeOf(error);
    throw new Failure(`${file} cannot be read: ${why}`, undefined, { cause: error });
  }
}
