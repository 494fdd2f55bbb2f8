import * as authorization from "@pulumi/azure-native/authorization";
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";
import type { AzureNames } from "./names";

/** Azure's built-in role AcrPull (learn.microsoft.com/azure/role-based-access-control/built-in-roles/containers). */
const ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d";

export interface RegistrySettings {
  resourceGroupName: pulumi.Input<string>;
  names: pulumi.Output<AzureNames>;
  subscriptionId: pulumi.Input<string>;
  location: string;
  tags: Record<string, string>;
  /** One that exists already. */
  existing: ExistingRegistry | undefined;
}

/** A registry that somebody else made. */
export interface ExistingRegistry {
  id: pulumi.Input<string>;
  /** Its host: `team.azurecr.io`. */
  loginServer: pulumi.Input<string>;
}

export interface RegistryAccess {
  registryId: pulumi.Output<string>;
  loginServer: pulumi.Output<string>;
  identity: managedidentity.UserAssignedIdentity;
  /** The identity may pull once this is there. */
  pullRight: authorization.RoleAssignment;
}

/** The registry, and an identity that may pull from it and do nothing else: no password is ever made. */
export function declareRegistry(
  name: string,
  settings: RegistrySettings,
  parent: pulumi.Resource,
): RegistryAccess {
  const { names, resourceGroupName, location, tags } = settings;
  const { id: registryId, loginServer } = settings.existing ?? ownRegistry(name, settings, parent);
  const identity = new managedidentity.UserAssignedIdentity(
    `${name}-identity`,
    { resourceName: names.identity, resourceGroupName, location, tags },
    { parent },
  );
  const pullRight = new authorization.RoleAssignment(
    `${name}-pull-right`,
    {
      roleAssignmentName: names.roleAssignment,
      scope: registryId,
      principalId: identity.principalId,
      // Without it Azure looks the principal up, and does not find one that is seconds old.
      principalType: "ServicePrincipal",
      roleDefinitionId: pulumi.interpolate`/subscriptions/${settings.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${ACR_PULL}`,
    },
    // Its name stays when what it names is replaced.
    { parent, deleteBeforeReplace: true },
  );
  return {
    registryId: pulumi.output(registryId),
    loginServer: pulumi.output(loginServer),
    identity,
    pullRight,
  };
}

function ownRegistry(name: string, settings: RegistrySettings, parent: pulumi.Resource): ExistingRegistry {
  const { names, resourceGroupName, location, tags } = settings;
  return new containerregistry.Registry(
    `${name}-registry`,
    {
      registryName: names.registry,
      resourceGroupName,
      location,
      tags,
      sku: { name: "Basic" },
      adminUserEnabled: false,
    },
    { parent },
  );
}

/** An image with the host to pull it from: one that names no host is the registry's own. */
export function imageReference(image: string, loginServer: string): string {
  const [first = "", ...rest] = image.split("/");
  const namesHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return namesHost ? image : `${loginServer}/${image}`;
}
