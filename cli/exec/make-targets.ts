import * as path from "node:path";
import { readIfThere } from "../files";
import { missing, type Check, type CheckedApp } from "./checks";

/** In the order in which make looks for them (GNU make manual, 3.2). */
const MAKEFILES = ["GNUmakefile", "makefile", "Makefile"];

/** A rule with plain targets, alone or several: `test lint: …`, and no assignment. */
const RULE = /^([\w./-]+(?:[ \t]+[\w./-]+)*)[ \t]*::?(?!=)/gm;
/** What may define targets that the text does not show. */
const HIDDEN_RULES = /^[ \t]*-?s?include\b|^[^\t#\n]*%[^\n=]*:|\$\((?:eval|foreach)\b/m;

/** Runs a target of the app's Makefile. @throws Failure where there is no such target. */
export function makeCommand(app: CheckedApp, check: Check): string[] {
  const { target } = check;
  const texts = MAKEFILES.map((name) => readIfThere(path.join(app.folder, name)));
  const text = texts.find((one) => one !== undefined);
  if (text === undefined) throw missing(app, "Makefile", [], check);
  const targets = makeTargets(text);
  // Only make itself can tell what an included file brings.
  if (!targets.includes(target) && !HIDDEN_RULES.test(text)) {
    throw missing(app, `target '${target}' in its Makefile`, targets, check);
  }
  return ["make", target];
}

/** Targets that a Makefile's own text has rules for, each once. */
export function makeTargets(text: string): string[] {
  const names = [...text.matchAll(RULE)].flatMap(([, list = ""]) => list.split(/[ \t]+/));
  // Special targets begin with a dot, and files with a folder are no commands.
  return [...new Set(names)].filter((name) => !name.startsWith(".") && !name.includes("/"));
}
