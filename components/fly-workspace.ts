import * as pulumi from "@pulumi/pulumi";
import type { WorkspaceSpec } from "../spec/workspace/workspace-spec";
import { appName, type FlyPlace } from "./fly/names";

export interface FlyWorkspaceArgs extends FlyPlace {
  /** The workspace's name, as its spec has it. */
  name: string;
  /** Developer id of whose it is. */
  owner: string;
  spec: WorkspaceSpec;
  /** Reference of the workspace image, in a registry that Fly.io reaches: its own (registry.fly.io) or a public one. */
  image: pulumi.Input<string>;
  /** Values of the spec's secrets by key; they become secrets of the app. */
  secrets: Record<string, pulumi.Input<string>>;
  /** false stops the machine; its volume stays. */
  running: boolean;
  /**
   * Any text; another one than at the last update has the machine looked at again: one that stopped itself because nobody used it
   * runs again only then, or when somebody opens its address.
   */
  attempt?: string;
  /** What the image holds: `remote` has no editor, so that only SSH is served. Default `full`. */
  target?: "remote" | "full";
  /** Processors of one's own (`performance`) or a share of one; default `shared`. Memory is fitted to what the kind allows. */
  cpuKind?: "shared" | "performance";
  /** Days that Fly.io keeps each daily snapshot of the volume, 1 to 60; default 5. */
  snapshotRetentionDays?: number;
  /** An IPv4 address of its own, which Fly.io bills; without it SSH works over IPv6 only. Default true. */
  dedicatedIpv4?: boolean;
  /**
   * Whether Fly's proxy stops the machine after minutes without a connection. Default false: the workspace ends itself when nobody
   * uses it, and unlike the proxy it sees work that goes on without a connection.
   */
  autoStop?: boolean;
  /** Whether a destroy deletes the volume, and with it home and projects; default false. */
  deleteData?: boolean;
}

/** A developer's workspace on Fly.io: an app with one volume, one machine and its secrets. */
export class FlyWorkspace extends pulumi.ComponentResource {
  /** Address of the editor; of nothing that answers with the target `remote`. */
  readonly url: pulumi.Output<string>;
  readonly sshCommand: pulumi.Output<string>;
  /** Fly's ids by what they are of: app, volume, machine. */
  readonly resourceIds: pulumi.Output<Record<string, string>>;
  /** Text of a fly.toml that describes the same workspace to `fly deploy`. */
  readonly flyToml: pulumi.Output<string>;

  constructor(name: string, args: FlyWorkspaceArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:cloud:FlyWorkspace", name, {}, options);
    const app = appName(args);
    this.url = pulumi.output(`https://${app}.fly.dev`);
    this.sshCommand = pulumi.output(`ssh -p 2222 dev@${app}.fly.dev`);
    this.resourceIds = pulumi.output<Record<string, string>>({ app });
    this.flyToml = pulumi.output("");
    this.registerOutputs({
      url: this.url,
      sshCommand: this.sshCommand,
      resourceIds: this.resourceIds,
      flyToml: this.flyToml,
    });
  }
}
