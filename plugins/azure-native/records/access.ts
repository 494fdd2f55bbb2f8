import { randomUUID } from "node:crypto";
import type { ResourceDefinition } from "../../kit/types";
import * as spec from "../../docker/support/spec";
import * as read from "../../docker/support/values";
import type { Cloud } from "../cloud/cloud";
import { recordResource } from "./record-resource";
import { fixedLocation, groupOf, idInGroup, pathText, tags } from "./specs";

const REGISTRIES = "Microsoft.ContainerRegistry/registries";
const IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities";

/** azure-native:containerregistry:Registry. Nothing can be pushed to it: its images are those of the local engine. */
export const registry: ResourceDefinition<Cloud> = recordResource({
  type: REGISTRIES,
  properties: {
    registryName: pathText(),
    resourceGroupName: pathText(),
    location: fixedLocation(),
    tags: tags(),
    sku: spec.object(
      { name: spec.text({ required: true, enum: ["Basic", "Standard", "Premium"] }) },
      { required: true },
    ),
    adminUserEnabled: spec.flag({ default: false }),
    anonymousPullEnabled: spec.flag({ default: false }),
    networkRuleBypassOptions: spec.text({ default: "AzureServices", enum: ["AzureServices", "None"] }),
    publicNetworkAccess: spec.text({ default: "Enabled", enum: ["Enabled", "Disabled"] }),
    zoneRedundancy: spec.text({ default: "Disabled", enum: ["Enabled", "Disabled"] }),
  },
  leftOut: ["dataEndpointEnabled", "encryption", "identity", "networkRuleSet", "policies"],
  name: { input: "registryName", rule: "registry", isPublic: true },
  outputs: ["creationDate", "loginServer", "provisioningState"],
  parents: (cloud, inputs) => [groupOf(cloud, inputs)],
  id: idInGroup(REGISTRIES, "registryName"),
  facts: () => ({ created: new Date().toISOString() }),
  state: (_cloud, inputs, { created = "" }) => ({
    creationDate: created,
    loginServer: `${read.requiredText(inputs, "registryName").toLowerCase()}.azurecr.io`,
    provisioningState: "Succeeded",
  }),
});

/** azure-native:managedidentity:UserAssignedIdentity. */
export const identity: ResourceDefinition<Cloud> = recordResource({
  type: IDENTITIES,
  properties: {
    resourceName: pathText(),
    resourceGroupName: pathText(),
    location: fixedLocation(),
    tags: tags(),
  },
  leftOut: [],
  name: { input: "resourceName", rule: "identity" },
  outputs: ["clientId", "principalId", "tenantId"],
  parents: (cloud, inputs) => [groupOf(cloud, inputs)],
  id: idInGroup(IDENTITIES, "resourceName"),
  facts: () => ({ principalId: randomUUID(), clientId: randomUUID() }),
  state: ({ tenantId }, _inputs, facts) => ({ ...facts, tenantId }),
});

/** azure-native:authorization:RoleAssignment. Asked for when a group pulls its image. */
export const roleAssignment: ResourceDefinition<Cloud> = recordResource({
  type: "Microsoft.Authorization/roleAssignments",
  properties: {
    roleAssignmentName: pathText(),
    scope: pathText(),
    principalId: spec.text({ required: true, onChange: "replace" }),
    principalType: spec.text({
      default: "User",
      enum: ["User", "Group", "ServicePrincipal", "ForeignGroup", "Device"],
    }),
    roleDefinitionId: spec.text({ required: true }),
    description: spec.text(),
  },
  leftOut: ["condition", "conditionVersion", "delegatedManagedIdentityResourceId"],
  name: { input: "roleAssignmentName", rule: "roleAssignment" },
  outputs: ["createdOn"],
  parents: (_cloud, inputs) => [read.requiredText(inputs, "scope")],
  id: (_cloud, inputs) =>
    `${read.requiredText(inputs, "scope")}/providers/Microsoft.Authorization/roleAssignments/${read.requiredText(inputs, "roleAssignmentName")}`,
  facts: (_id, inputs) => ({
    principalId: read.requiredText(inputs, "principalId"),
    role: read.requiredText(inputs, "roleDefinitionId").slice(-36),
  }),
  problems(inputs) {
    const role = read.text(inputs, "roleDefinitionId");
    if (
      role === undefined ||
      /\/providers\/Microsoft\.Authorization\/roleDefinitions\/[0-9a-f-]{36}$/i.test(role)
    )
      return [];
    return [
      {
        property: "roleDefinitionId",
        reason: "must be the id of a role: …/providers/Microsoft.Authorization/roleDefinitions/<UUID>",
      },
    ];
  },
});
