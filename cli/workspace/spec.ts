import * as fs from "node:fs";
import * as path from "node:path";
import type { z } from "zod";
import { parseYamlText } from "../../config/yaml-text";
import { validate, formatPath } from "../../config/problems";
import { appName } from "../../spec/app-name";
import { workspaceSpec, type WorkspaceSpec } from "../../spec/workspace/workspace-spec";
import { EXIT, Failure } from "../failure";

/** Read without --file, where the current folder has it. */
export const WORKSPACE_FILE = "workspace.yaml";

/** Options that say what a workspace is; each stands over what the file says, or beside it. */
export interface SpecFlags {
  file?: string;
  size?: string;
  repo?: string[];
  secret?: string[];
}

/** The file: a spec whose name the command may give, so that one file serves several workspaces. */
const fileSchema = workspaceSpec.extend({ name: appName.optional() });

/**
 * What a workspace is to be: its file, if any, with the options over it.
 * @param name of the command; over the file's.
 * @throws Failure (usage) with file, line and column of each problem, or with the option that is wrong.
 */
export function readSpec(name: string | undefined, flags: SpecFlags): WorkspaceSpec {
  const described = fromFile(flags.file);
  const called = name ?? described?.name;
  if (called === undefined) {
    throw new Failure(
      `the workspace has no name: give one (berth workspace create mine), or set name in ${WORKSPACE_FILE}`,
      EXIT.usage,
    );
  }
  const repositories = [...(described?.repositories ?? []), ...(flags.repo ?? []).map((url) => ({ url }))];
  const secrets = [...new Set([...(described?.secrets ?? []), ...(flags.secret ?? [])])];
  return checked({
    ...described,
    ...{ name: called, repositories, secrets },
    ...(flags.size !== undefined && { size: flags.size }),
  });
}

function fromFile(named: string | undefined): z.output<typeof fileSchema> | undefined {
  const file = path.resolve(named ?? WORKSPACE_FILE);
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (found?.isFile()) return parsed(fs.readFileSync(file, "utf8"), named ?? WORKSPACE_FILE);
  if (named === undefined) return undefined;
  const why = found ? "is no file" : "does not exist";
  throw new Failure(
    `--file '${named}' ${why}: name a workspace file, as docs/workspaces.md has one`,
    EXIT.usage,
  );
}

function parsed(text: string, file: string): z.output<typeof fileSchema> {
  try {
    return parseYamlText(text, file, fileSchema);
  } catch (error) {
    throw new Failure((error as Error).message, EXIT.usage, { cause: error });
  }
}

/** What an option says is checked as the file is; where it comes from is told. */
function checked(input: object): WorkspaceSpec {
  const result = validate(workspaceSpec, input);
  if ("value" in result) return result.value;
  const option: Record<string, string> = {
    name: "the name",
    size: "--size",
    repositories: "--repo",
    secrets: "--secret",
  };
  const lines = result.problems.map(
    ({ path: keys, fix }) => `${option[String(keys[0])] ?? formatPath(keys)} ${fix}`,
  );
  throw new Failure(lines.join("\n"), EXIT.usage);
}
