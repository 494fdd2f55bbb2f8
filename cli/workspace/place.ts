import type { WorkspaceSpec } from "../../spec/workspace/workspace-spec";
import type { OutputOptions } from "../output";
import type { Phases } from "../run/phases";
import type { SettingFlags } from "../settings";

/** Where workspaces run: the shared host, Azure Container Instances, Fly.io. */
export const PLACES = ["local", "azure", "fly"] as const;
export type PlaceName = (typeof PLACES)[number];

/** Options of every command about workspaces. */
export interface WorkspaceFlags extends SettingFlags, OutputOptions {
  on: PlaceName;
  /** Of azure and fly: the checkout of Berth. */
  checkout?: string;
}

/** Options of what connects by SSH. */
export interface SshFlags extends WorkspaceFlags {
  /** File of the private key to log in with; default OpenSSH's own choice. */
  key?: string;
}

/** A workspace that answers. */
export interface WorkspaceFact {
  workspace: string;
  on: PlaceName;
  url: string;
  /** Whether its URL can be reached from this machine. */
  reachable: boolean;
  /** What was done to get there. */
  action: string;
  /** A line for a shell that logs in. */
  ssh: string;
  /** What the place calls its parts. */
  resources: Record<string, string>;
}

/** One of the caller's workspaces in a list. */
export interface ListedWorkspace {
  workspace: string;
  on: PlaceName;
  /** healthy, starting, stopped; "data only" where nothing but its volume is left. */
  state: string;
  /** Since when, in words; "" where the place does not say. */
  since: string;
  url: string;
}

/** What is left after a workspace was taken away. */
export interface Destroyed {
  workspace: string;
  on: PlaceName;
  /** Where its data still is; undefined where it went too. */
  keptData: string | undefined;
}

/** What every place can do. Each throws a Failure that can be shown. */
export interface Place {
  create(spec: WorkspaceSpec, phases: Phases): Promise<WorkspaceFact>;
  list(): Promise<ListedWorkspace[]>;
  /** Whether it ran. */
  stop(name: string): Promise<boolean>;
  start(name: string, phases: Phases): Promise<WorkspaceFact>;
  destroy(name: string, options: { deleteData: boolean }): Promise<Destroyed>;
}
