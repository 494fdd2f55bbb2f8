import { randomBytes } from "node:crypto";
import type { Properties, ResourceDefinition } from "../../kit/types";
import * as spec from "../../docker/support/spec";
import * as read from "../../docker/support/values";
import type { Cloud } from "../cloud/cloud";
import { resourceId } from "../cloud/ids";
import { recordResource } from "./record-resource";
import { makeShareVolume, removeShareVolume, shareVolumeName } from "./share-volume";
import { fixedLocation, groupOf, idInGroup, pathText, tags } from "./specs";

const ACCOUNTS = "Microsoft.Storage/storageAccounts";

/** azure-native:storage:StorageAccount. Its keys are random, and stay. */
export const storageAccount: ResourceDefinition<Cloud> = recordResource({
  type: ACCOUNTS,
  properties: {
    accountName: pathText(),
    resourceGroupName: pathText(),
    location: fixedLocation(),
    tags: tags(),
    kind: spec.text({
      required: true,
      enum: ["Storage", "StorageV2", "BlobStorage", "FileStorage", "BlockBlobStorage"],
    }),
    sku: spec.object(
      {
        name: spec.text({
          required: true,
          enum: [
            "Standard_LRS",
            "Standard_GRS",
            "Standard_RAGRS",
            "Standard_ZRS",
            "Standard_GZRS",
            "Standard_RAGZRS",
            "Premium_LRS",
            "Premium_ZRS",
          ],
        }),
      },
      { required: true },
    ),
    accessTier: spec.text({ enum: ["Hot", "Cool", "Cold", "Premium"] }),
    allowBlobPublicAccess: spec.flag(),
    allowCrossTenantReplication: spec.flag(),
    allowSharedKeyAccess: spec.flag(),
    enableHttpsTrafficOnly: spec.flag(),
    isHnsEnabled: spec.flag({ onChange: "replace" }),
    minimumTlsVersion: spec.text({ enum: ["TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"] }),
    publicNetworkAccess: spec.text({ enum: ["Enabled", "Disabled", "SecuredByPerimeter"] }),
  },
  leftOut: [
    ...[
      "allowedCopyScope",
      "azureFilesIdentityBasedAuthentication",
      "customDomain",
      "defaultToOAuthAuthentication",
    ],
    ...[
      "dnsEndpointType",
      "enableExtendedGroups",
      "enableNfsV3",
      "encryption",
      "extendedLocation",
      "identity",
    ],
    ...[
      "immutableStorageWithVersioning",
      "isLocalUserEnabled",
      "isSftpEnabled",
      "keyPolicy",
      "largeFileSharesState",
    ],
    ...["networkRuleSet", "routingPreference", "sasPolicy"],
  ],
  name: { input: "accountName", rule: "storageAccount", isPublic: true },
  outputs: ["creationTime", "primaryEndpoints", "primaryLocation", "provisioningState", "statusOfPrimary"],
  parents: (cloud, inputs) => [groupOf(cloud, inputs)],
  id: idInGroup(ACCOUNTS, "accountName"),
  facts: () => ({
    key1: randomBytes(64).toString("base64"),
    key2: randomBytes(64).toString("base64"),
    created: new Date().toISOString(),
  }),
  state: (_cloud, inputs, { created = "" }) => ({
    creationTime: created,
    primaryEndpoints: { file: `https://${read.requiredText(inputs, "accountName")}.file.core.windows.net/` },
    primaryLocation: read.requiredText(inputs, "location"),
    provisioningState: "Succeeded",
    statusOfPrimary: "available",
  }),
});

function accountId({ subscriptionId }: Cloud, inputs: Properties): string {
  const [group, name] = [
    read.requiredText(inputs, "resourceGroupName"),
    read.requiredText(inputs, "accountName"),
  ];
  return resourceId(subscriptionId, group, ACCOUNTS, name);
}

/** azure-native:storage:FileServiceProperties: settings of an account, which go with it. */
export const fileServiceProperties: ResourceDefinition<Cloud> = recordResource({
  type: `${ACCOUNTS}/fileServices`,
  properties: {
    accountName: pathText(),
    resourceGroupName: pathText(),
    fileServicesName: spec.text({ required: true, onChange: "replace", enum: ["default"] }),
    shareDeleteRetentionPolicy: spec.object({
      enabled: spec.flag(),
      days: spec.integer(),
      allowPermanentDelete: spec.flag(),
    }),
  },
  leftOut: ["cors", "protocolSettings"],
  name: { input: "fileServicesName", rule: "fileShare" },
  outputs: ["sku"],
  parents: (cloud, inputs) => [accountId(cloud, inputs)],
  id: (cloud, inputs) => `${accountId(cloud, inputs)}/fileServices/default`,
  problems(inputs) {
    const days = read.number(read.object(inputs, "shareDeleteRetentionPolicy") ?? {}, "days");
    if (days === undefined || (days >= 1 && days <= 365)) return [];
    return [{ property: "shareDeleteRetentionPolicy.days", reason: "must be 1 to 365" }];
  },
});

/** azure-native:storage:FileShare: a volume of the local engine. */
export const fileShare: ResourceDefinition<Cloud> = recordResource({
  type: `${ACCOUNTS}/fileServices/shares`,
  properties: {
    accountName: pathText(),
    resourceGroupName: pathText(),
    shareName: pathText(),
    shareQuota: spec.integer(),
    accessTier: spec.text({ enum: ["TransactionOptimized", "Hot", "Cool", "Premium"] }),
    enabledProtocols: spec.text({ enum: ["SMB"], onChange: "replace" }),
    metadata: spec.textMap(),
  },
  leftOut: [
    "expand",
    "fileSharePaidBursting",
    "provisionedBandwidthMibps",
    "provisionedIops",
    "rootSquash",
    "signedIdentifiers",
  ],
  name: { input: "shareName", rule: "fileShare" },
  outputs: ["deleted", "etag", "lastModifiedTime", "leaseState", "shareUsageBytes"],
  parents: (cloud, inputs) => [accountId(cloud, inputs)],
  id: (cloud, inputs) =>
    `${accountId(cloud, inputs)}/fileServices/default/shares/${read.requiredText(inputs, "shareName")}`,
  facts: (id) => ({ volume: volumeOf(id) }),
  state: () => ({ deleted: false, leaseState: "available" }),
  problems(inputs) {
    const quota = read.number(inputs, "shareQuota");
    if (quota === undefined || (quota >= 1 && quota <= 102_400)) return [];
    return [{ property: "shareQuota", reason: "must be 1 to 102400 (GiB)" }];
  },
  made: ({ client: cloud }, inputs) =>
    makeShareVolume(
      cloud.engine,
      shareVolumeName(
        read.requiredText(inputs, "resourceGroupName"),
        read.requiredText(inputs, "accountName"),
        read.requiredText(inputs, "shareName"),
      ),
    ),
  removed: ({ client: cloud }, _state, id) => removeShareVolume(cloud.engine, volumeOf(id)),
});

function volumeOf(shareId: string): string {
  const [, group = "", account = "", share = ""] =
    /resourceGroups\/([^/]+)\/.*storageAccounts\/([^/]+)\/.*shares\/([^/]+)$/.exec(shareId) ?? [];
  return shareVolumeName(group, account, share);
}
