import type { FunctionDefinition } from "../kit/types";
import * as spec from "../docker/support/spec";
import * as read from "../docker/support/values";
import type { Cloud } from "./cloud/cloud";
import { resourceId, uuidOf } from "./cloud/ids";

/** azure-native:authorization:getClientConfig. */
export const getClientConfig: FunctionDefinition<Cloud> = {
  properties: {},
  invoke: ({ client: { subscriptionId, tenantId } }) =>
    Promise.resolve({ subscriptionId, tenantId, clientId: uuidOf("client"), objectId: uuidOf("object") }),
};

/** azure-native:storage:listStorageAccountKeys. */
export const listStorageAccountKeys: FunctionDefinition<Cloud> = {
  properties: {
    accountName: spec.text({ required: true }),
    resourceGroupName: spec.text({ required: true }),
    expand: spec.text(),
  },
  secretOutputs: ["keys"],
  async invoke({ client: { records, subscriptionId } }, args) {
    const [group, name] = [
      read.requiredText(args, "resourceGroupName"),
      read.requiredText(args, "accountName"),
    ];
    const found = await records.get(
      resourceId(subscriptionId, group, "Microsoft.Storage/storageAccounts", name),
    );
    if (!found) throw new Error(`there is no storage account '${name}' in '${group}'`);
    const { created = "" } = found.facts;
    const keys = ["key1", "key2"].map((keyName) => ({
      keyName,
      value: found.facts[keyName] ?? "",
      permissions: "FULL",
      creationTime: created,
    }));
    return { keys };
  },
};

/** azure-native:operationalinsights:getSharedKeys. */
export const getSharedKeys: FunctionDefinition<Cloud> = {
  properties: {
    workspaceName: spec.text({ required: true }),
    resourceGroupName: spec.text({ required: true }),
  },
  secretOutputs: ["primarySharedKey", "secondarySharedKey"],
  async invoke({ client: { records, subscriptionId } }, args) {
    const [group, name] = [
      read.requiredText(args, "resourceGroupName"),
      read.requiredText(args, "workspaceName"),
    ];
    const found = await records.get(
      resourceId(subscriptionId, group, "Microsoft.OperationalInsights/workspaces", name),
    );
    if (!found) throw new Error(`there is no Log Analytics workspace '${name}' in '${group}'`);
    return { primarySharedKey: found.facts.primary ?? "", secondarySharedKey: found.facts.secondary ?? "" };
  },
};
