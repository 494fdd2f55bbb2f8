import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { WorkspaceImageSettings } from "../config/workspace-settings";
import { sharedName } from "../spec/names";
import { WORKSPACE_ROLE } from "../spec/runtime-role";
import { serviceImage, type ServiceSettings } from "./service-container";

/** What of images/workspace has everything. */
const STAGE = "full";

/**
 * Makes the image of developers' workspaces present, as the config says.
 * @returns the reference by which the gateway knows it; "" where the host has no workspaces.
 */
export function sharedWorkspaceImage(
  name: string,
  { scope, build, workspaces: { image } }: ServiceSettings & { workspaces: WorkspaceImageSettings },
  parent: pulumi.Resource,
): string {
  if (image === "none") return "";
  if (image === "build") {
    serviceImage(name, { scope, role: WORKSPACE_ROLE, build, target: STAGE }, parent);
    return `${sharedName(scope, WORKSPACE_ROLE)}:latest`;
  }
  // Others may run it too: it stays when the stack goes.
  new docker.RemoteImage(`${name}-image`, { name: image, keepLocally: true }, { parent });
  return image;
}
