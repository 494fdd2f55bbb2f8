import * as authorization from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";
import type { CloudWorkspaceArgs } from "./cloud-workspace-args";
import { azureHostName, azureNames, regionName, type AzureNames } from "./names";
import type { CloudData } from "./storage";

/** What all resources of a workspace have in common. */
export interface Place {
  names: pulumi.Output<AzureNames>;
  hostName: pulumi.Output<string>;
  subscriptionId: pulumi.Output<string>;
  location: string;
  tags: Record<string, string>;
  data: Required<CloudData>;
}

/** Asks Azure whose subscription it is, which is part of every name. */
export function placeOf(args: CloudWorkspaceArgs, parent: pulumi.Resource): Place {
  const { name, owner, prefix = "berth", environment = "dev" } = args;
  const location = regionName(args.location);
  const { subscriptionId } = authorization.getClientConfigOutput({ parent });
  const names = subscriptionId.apply((id) =>
    azureNames({ prefix, environment, owner, name, subscriptionId: id }),
  );
  return {
    ...{ names, subscriptionId, location },
    hostName: names.dnsLabel.apply((label) => azureHostName(label, location)),
    tags: costTags({ prefix, environment, owner, name }),
    data: { onDestroy: "protect", softDeleteDays: 14, ...args.data },
  };
}

/** By what a bill can be split; names and lengths as Azure takes them (learn.microsoft.com/azure/azure-resource-manager/management/tag-resources). */
function costTags(facts: {
  prefix: string;
  environment: string;
  owner: string;
  name: string;
}): Record<string, string> {
  const tags = {
    "berth-environment": facts.environment,
    "berth-owner": facts.owner,
    "berth-prefix": facts.prefix,
    "berth-workspace": facts.name,
  };
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, value.slice(0, 256)]));
}
