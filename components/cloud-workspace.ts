import * as pulumi from "@pulumi/pulumi";
import type { WorkspaceSpec } from "../spec/workspace/workspace-spec";

/** How the browser's connection is encrypted: a Caddy beside the workspace, in the same container group. */
export interface CloudTls {
  /** Whom the certificate authority tells of problems; part of the account there. */
  email: string;
  /** Caddy's image; it must hold `caddy` and `sh`. Default: the official one, pinned. */
  image?: string;
  /** `acme`: a certificate that browsers trust; `internal`: one of Caddy's own authority, for tests without the internet. Default `acme`. */
  issuer?: "acme" | "internal";
  /** Directory of another ACME authority; default Caddy's own choice (Let's Encrypt). */
  acmeDirectory?: string;
}

/** What happens to the file share, and to what it lies in, when the stack is destroyed. */
export interface CloudData {
  /**
   * `protect`: a destroy is refused; `retain`: they stay in Azure and leave the stack; `delete`: they go, and stay restorable for
   * {@link softDeleteDays}. Default `protect`.
   */
  onDestroy?: "protect" | "retain" | "delete";
  /** How long a deleted share can be restored, 1 to 365. Default 14. */
  softDeleteDays?: number;
}

export interface CloudWorkspaceArgs {
  /** The workspace's name: begins its host name, and is a tag. */
  name: string;
  /** Developer id; a tag, and part of every name. */
  owner: string;
  spec: WorkspaceSpec;
  /**
   * The image. With a registry's host in front it is pulled from there; without one (`workspace@sha256:…`) from the workspace's own registry
   * or {@link registry}.
   */
  image: pulumi.Input<string>;
  /** By key, as in `spec.secrets`; each becomes a file on a secret volume. */
  secrets: Record<string, pulumi.Input<string>>;
  /** False: no container group, so that only the share and the registry cost; the share keeps everything. */
  running: boolean;
  /** Azure region as its short name: `westeurope`. */
  location: string;
  /** Encryption in front of the editor; false publishes the editor's port in clear text. */
  tls: CloudTls | false;
  /** A tag for cost reports. Default `dev`. */
  environment?: string;
  /** Begins all names, so that several installations can share a subscription. Default `berth`. */
  prefix?: string;
  /** Variables that are encrypted at Azure but plain in the container's environment: prefer {@link secrets}. */
  secureVariables?: Record<string, pulumi.Input<string>>;
  /** Only where the region and the subscription's quota have it. */
  gpu?: { count: 1 | 2 | 4; sku: "K80" | "P100" | "V100" };
  /** A Log Analytics workspace that gets what the containers print; none without it. */
  logs?: { retentionDays: number };
  /** A registry that exists already (a team's); without it the workspace gets its own. */
  registry?: { id: pulumi.Input<string>; loginServer: pulumi.Input<string> };
  data?: CloudData;
}

/** A workspace on Azure Container Instances, its volume an Azure Files share. */
export class CloudWorkspace extends pulumi.ComponentResource {
  /** Of the editor. */
  readonly url: pulumi.Output<string>;
  readonly sshCommand: pulumi.Output<string>;
  /** Azure's ids by what they are: `resourceGroup`, `storageAccount`, `share`, `registry`, `identity`, and while it runs `containerGroup`. */
  readonly resourceIds: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: CloudWorkspaceArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:cloud:CloudWorkspace", name, {}, options);
    this.url = pulumi.output(`https://${args.name}`);
    this.sshCommand = pulumi.output("");
    this.resourceIds = pulumi.output({});
    this.registerOutputs({ url: this.url, sshCommand: this.sshCommand, resourceIds: this.resourceIds });
  }
}
