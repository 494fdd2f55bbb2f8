import { KNOWN_SECRETS } from "../../spec/workspace/in-container";
import { secretVariable } from "../../spec/workspace/secret-values";
import type { WorkspaceSpec } from "../../spec/workspace/workspace-spec";

/** Names of the app's secrets by key; Fly.io hands them to the machine as variables, and the workspace takes them out of there. */
export function secretNames(keys: string[]): Record<string, string> {
  return Object.fromEntries([...keys].sort().map((key) => [key, secretVariable(key)]));
}

/** Keys that a spec names and that have no value; the editor's password has a sentence of its own, since the whole internet can knock there. */
export function secretProblems(
  { secrets, editor }: WorkspaceSpec,
  given: string[],
  hasEditor: boolean,
): string[] {
  const { editorPassword } = KNOWN_SECRETS;
  const missing = secrets.filter((key) => !given.includes(key));
  return [
    ...(hasEditor && editor.auth === "proxy"
      ? [
          `editor.auth is proxy, and no proxy on Fly.io asks who it is: set it to password, and give the secret ${editorPassword}`,
        ]
      : []),
    ...missing.map((key) =>
      key === editorPassword
        ? `nobody could open its editor: give the secret ${editorPassword}`
        : `secrets names ${key}, which has no value: set it, or remove it from the spec`,
    ),
  ];
}
