import type * as pulumi from "@pulumi/pulumi";
import type { WorkspaceSpec } from "../spec/workspace/workspace-spec";

/** What every workspace is made from, wherever it runs. */
export interface WorkspaceArgs {
  /** The workspace's name, as its spec has it. */
  name: string;
  /** Developer id of whose it is. */
  owner: string;
  spec: WorkspaceSpec;
  /** The workspace image, as the place takes it. */
  image: pulumi.Input<string>;
  /** Values of the spec's secrets by key. */
  secrets: Record<string, pulumi.Input<string>>;
  /** False: what costs while nobody uses it is not there or stopped; the volume stays. */
  running: boolean;
}
