import * as fs from "node:fs";
import * as path from "node:path";
import { SECRET_VARIABLE_PREFIX } from "../../../spec/workspace/in-container";
import { secretProblem, secretVariable } from "../../../spec/workspace/secret-values";
import type { WorkspaceSpec } from "../../../spec/workspace/workspace-spec";

/** What was given as secrets, checked. */
export interface FoundSecrets {
  values: Map<string, string>;
  /** What is given and not declared, or declared and not given. */
  warnings: string[];
}

/**
 * Reads the declared secrets from their files, or where there is none from their variables.
 * @throws Error that names every wrong one by key and by where it came from, and says nothing of its value.
 */
export function readSecrets(
  { secrets: declared }: WorkspaceSpec,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): FoundSecrets {
  const values = new Map<string, string>();
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const key of declared) {
    const file = path.join(folder, key);
    const variable = secretVariable(key);
    const found = readOne(file, environment[variable], problems, key);
    if (found === undefined) continue;
    if (found === "absent") {
      warnings.push(`secret '${key}' is declared and not given: put it into ${file} or into ${variable}`);
      continue;
    }
    const problem = secretProblem(key, found.value);
    if (problem !== undefined) problems.push(`secret '${key}' (${found.source}) ${problem}`);
    values.set(key, found.value.trim());
  }
  if (problems.length > 0) throw new Error(`workspace: ${problems.join("; ")}`);
  return { values, warnings: [...warnings, ...undeclared(declared, folder, environment)] };
}

function readOne(
  file: string,
  variable: string | undefined,
  problems: string[],
  key: string,
): { value: string; source: string } | "absent" | undefined {
  try {
    if (fs.existsSync(file)) return { value: fs.readFileSync(file, "utf8"), source: file };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    problems.push(
      `secret '${key}' (${file}) cannot be read (${code}): let the workspace's user read the file`,
    );
    return undefined;
  }
  return variable === undefined ? "absent" : { value: variable, source: secretVariable(key) };
}

/** Most often a typing error in the spec: who gives a secret wants it to be there. */
function undeclared(
  declared: string[],
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const variables = new Set(declared.map(secretVariable));
  const files = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return [
    ...files
      // Kubernetes and Azure keep versions of a secret volume in hidden folders.
      .filter((name) => !name.startsWith(".") && !declared.includes(name))
      .map((name) => `${path.join(folder, name)} is ignored: add '${name}' to 'secrets'`),
    ...Object.keys(environment)
      .filter((name) => name.startsWith(SECRET_VARIABLE_PREFIX) && !variables.has(name))
      .map((name) => `${name} is ignored: no key in 'secrets' has this variable`),
  ].sort();
}
