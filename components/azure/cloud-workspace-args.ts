import type * as pulumi from "@pulumi/pulumi";
import type { WorkspaceArgs } from "../workspace-args";
import type { ExistingRegistry } from "./registry";
import type { Gpu } from "./sizes";
import type { CloudData } from "./storage";

/** How the browser's connection is encrypted: a Caddy beside the workspace, in the same container group. */
export interface CloudTls {
  /** Whom the certificate authority tells of problems; part of the account there. */
  email: string;
  /** Caddy's image; it must hold `caddy` and `sh`, and run as root, to whom the share belongs. Default: the official one, at a fixed version. */
  image?: string;
  /** `acme`: a certificate that browsers trust; `internal`: one of Caddy's own authority, where no authority can be reached. Default `acme`. */
  issuer?: "acme" | "internal";
  /** Directory of another ACME authority; default Caddy's own choice (Let's Encrypt). */
  acmeDirectory?: string;
}

export interface CloudWorkspaceArgs extends WorkspaceArgs {
  /**
   * The image, built to start as root. With a registry's host in front it is pulled from there; without one (`workspace@sha256:…`) from
   * the workspace's own registry or {@link registry}.
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
  /** Another text than before makes a new group of a running one: Azure cannot change or start one that ended by idleness. */
  attempt?: string;
  /** A tag for cost reports. Default `dev`. */
  environment?: string;
  /** Begins all names, so that several installations can share a subscription. Default `berth`. */
  prefix?: string;
  /** Variables that Azure shows to nobody, but that stand in the container's environment: prefer {@link secrets}. */
  secureVariables?: Record<string, pulumi.Input<string>>;
  /** Only where the region and the subscription's quota have it. */
  gpu?: Gpu;
  /** A Log Analytics workspace that gets what the containers print, 30 to 730 days; none without it. */
  logs?: { retentionDays: number };
  /** A registry that exists already (a team's); without it the workspace gets its own. */
  registry?: ExistingRegistry;
  data?: CloudData;
}
