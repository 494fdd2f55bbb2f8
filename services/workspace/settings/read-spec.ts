import * as fs from "node:fs";
import { formatPath, validate } from "../../../config/problems";
import { SPEC_VARIABLE } from "../../../spec/workspace/in-container";
import { workspaceSpec, type WorkspaceSpec } from "../../../spec/workspace/workspace-spec";

/** Where the spec was found, for messages. */
export interface FoundSpec {
  spec: WorkspaceSpec;
  source: string;
}

/**
 * Reads and checks the workspace's spec: the file, or where there is none the variable.
 * @throws Error that names every wrong key with what to write instead, and never repeats a value.
 */
export function readSpec(file: string, variable: string | undefined): FoundSpec {
  const { text, source } = find(file, variable);
  const result = validate(workspaceSpec, parse(text, source));
  if ("value" in result) return { spec: result.value, source };
  const problems = result.problems.map(({ path, fix }) => `${formatPath(path) || "the whole"} ${fix}`);
  throw new Error(`workspace: ${source} is wrong: ${problems.join("; ")}`);
}

function find(file: string, variable: string | undefined): { text: string; source: string } {
  if (fs.existsSync(file)) return { text: readFile(file), source: file };
  if (variable !== undefined) return { text: variable, source: SPEC_VARIABLE };
  throw new Error(
    `workspace: there is no spec: put its JSON into ${file}, or into the variable ${SPEC_VARIABLE}`,
  );
}

function readFile(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new Error(`workspace: ${file} cannot be read (${code}): let the workspace's user read it`, {
      cause: error,
    });
  }
}

function parse(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote what stands there, which may be a secret in a wrong place.
    throw new Error(`workspace: ${source} is no JSON: check it with 'node -e "JSON.parse(...)"' or 'jq .'`);
  }
}
