import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as pulumi from "@pulumi/pulumi";
import type { AzureNames } from "./names";

export interface LogSettings {
  resourceGroupName: pulumi.Input<string>;
  names: pulumi.Output<AzureNames>;
  location: string;
  tags: Record<string, string>;
  retentionDays: number;
}

export interface LogAccess {
  id: pulumi.Output<string>;
  /** By which Azure addresses it when something is sent. */
  workspaceId: pulumi.Output<string>;
  /** Secret. */
  key: pulumi.Output<string>;
}

/** A Log Analytics workspace, for what the containers print. */
export function declareLogs(name: string, settings: LogSettings, parent: pulumi.Resource): LogAccess {
  const { resourceGroupName, names, location, tags, retentionDays } = settings;
  const workspace = new operationalinsights.Workspace(
    `${name}-logs`,
    {
      workspaceName: names.logWorkspace,
      resourceGroupName,
      location,
      tags,
      sku: { name: "PerGB2018" },
      retentionInDays: retentionDays,
    },
    { parent },
  );
  const keys = operationalinsights.getSharedKeysOutput(
    { resourceGroupName, workspaceName: workspace.name },
    { parent },
  );
  const key = keys.apply(({ primarySharedKey: found }) => {
    if (found === undefined)
      throw new Error("the Log Analytics workspace gave no shared key: allow local authentication in Azure");
    return found;
  });
  return { id: workspace.id, workspaceId: workspace.customerId, key: pulumi.secret(key) };
}
