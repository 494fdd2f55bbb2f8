import type { Check, CheckedApp } from "./checks";
import { makeCommand } from "./make-targets";
import { scriptCommand } from "./package-scripts";

/**
 * The command of a check: what `commands` in berth.yaml says, otherwise the script of package.json (TypeScript) or the make target
 * (Python) of that name.
 * @throws Failure that lists the scripts or targets that exist where this one is missing.
 */
export function commandOf(app: CheckedApp, check: Check): string[] {
  const own = app.manifest.commands[check.key];
  if (own !== undefined) return own;
  return app.manifest.language === "python" ? makeCommand(app, check) : scriptCommand(app, check);
}
