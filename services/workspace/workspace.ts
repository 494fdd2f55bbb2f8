import type { WorkspaceSpec } from "../../spec/workspace/workspace-spec";
import type { Log } from "./log";
import type { Options, Paths } from "./paths";

/** What every part of the program works with. */
export interface Workspace {
  spec: WorkspaceSpec;
  /** Values of the declared secrets that are there, by key; each is a file in `paths.secrets` too. */
  secrets: ReadonlyMap<string, string>;
  paths: Paths;
  options: Options;
  log: Log;
  /** Of everything that is started: the container's own without secrets and settings, and the user's. */
  environment: Record<string, string>;
}
