/** The only reader of the config of a workspace's stack. */
import * as pulumi from "@pulumi/pulumi";
import { WORKSPACES_PROJECT } from "../policy/rules";
import { formatPath, validate } from "./problems";
import { workspaceSettings, type WorkspaceSettings } from "./workspace-stack";

/** Settings, and the values of secrets by key, which stay secret. */
export interface LoadedWorkspace {
  settings: WorkspaceSettings;
  secrets: Record<string, pulumi.Output<string>>;
}

/**
 * Reads `workspace`, the one key that the commands write, with the settings of its place: what all workspaces of a cloud have in common
 * stands in workspaces/Pulumi.yaml.
 * @throws RunError with every problem, each with its key, before anything is declared.
 */
export function loadWorkspace(): LoadedWorkspace {
  const own = new pulumi.Config(WORKSPACES_PROJECT);
  const workspace = own.requireObject<Record<string, unknown>>("workspace");
  const place = ["azure", "fly"].find((cloud) => cloud === workspace["place"]);
  const raw = { ...workspace, ...(place !== undefined && { [place]: own.getObject(place) ?? {} }) };
  const result = validate(workspaceSettings, raw);
  if ("problems" in result) {
    const lines = result.problems.map(({ path, fix }) => `  ${formatPath(path)} ${fix}`);
    const where = place === undefined ? "" : `; ${place} is set in workspaces/Pulumi.yaml`;
    throw new pulumi.RunError(
      `the workspace cannot be made as it is described${where}:\n${lines.join("\n")}`,
    );
  }
  return { settings: result.value, secrets: secretsIn(own) };
}

/** Only the keys leave the secret. */
function secretsIn(own: pulumi.Config): Record<string, pulumi.Output<string>> {
  const keys = Object.keys(own.getObject<Record<string, string>>("secrets") ?? {});
  if (keys.length === 0) return {};
  const values = own.requireSecretObject<Record<string, string>>("secrets");
  return Object.fromEntries(keys.map((key) => [key, values.apply((all) => all[key] ?? "")]));
}
