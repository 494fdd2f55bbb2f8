import * as resources from "@pulumi/azure-native/resources";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import { CERTIFICATES_SHARE, WORKSPACE_SHARE, type AzureNames } from "./names";

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

export interface StorageSettings {
  resourceGroupName: pulumi.Input<string>;
  names: pulumi.Output<AzureNames>;
  location: string;
  tags: Record<string, string>;
  diskGb: number;
  data: Required<CloudData>;
  hasCertificates: boolean;
}

export interface CloudStorage {
  account: storage.StorageAccount;
  share: storage.FileShare;
  /** Secret; for the container group, which mounts by it: Azure Files takes no identity there. */
  key: pulumi.Output<string>;
  /** All that must be there before something mounts a share. */
  shares: storage.FileShare[];
}

/** Options of whatever holds the workspace's files, directly or around them: deleting the resource group deletes all that is in it. */
function keeping({
  onDestroy,
}: Required<CloudData>): Pick<pulumi.CustomResourceOptions, "protect" | "retainOnDelete"> {
  return { protect: onDestroy === "protect", retainOnDelete: onDestroy === "retain" };
}

export function declareResourceGroup(
  name: string,
  { names, location, tags, data }: Pick<StorageSettings, "names" | "location" | "tags" | "data">,
  parent: pulumi.Resource,
): resources.ResourceGroup {
  return new resources.ResourceGroup(
    `${name}-resource-group`,
    { resourceGroupName: names.resourceGroup, location, tags },
    { parent, ...keeping(data) },
  );
}

/** An account of its own with the workspace's share, and one for certificates that the developer's shell does not see. */
export function declareStorage(
  name: string,
  settings: StorageSettings,
  parent: pulumi.Resource,
): CloudStorage {
  const { resourceGroupName, data } = settings;
  const kept = { parent, ...keeping(data) };
  const account = new storage.StorageAccount(`${name}-storage`, accountArgs(settings), kept);
  const inAccount = { resourceGroupName, accountName: account.name };
  const softDelete = new storage.FileServiceProperties(
    `${name}-soft-delete`,
    {
      ...inAccount,
      fileServicesName: "default",
      shareDeleteRetentionPolicy: { enabled: true, days: data.softDeleteDays },
    },
    kept,
  );
  const share = new storage.FileShare(
    `${name}-share`,
    {
      ...inAccount,
      shareName: WORKSPACE_SHARE,
      shareQuota: settings.diskGb,
      accessTier: "TransactionOptimized",
    },
    // Its first moment already is one in which a deletion can be undone.
    { ...kept, dependsOn: softDelete },
  );
  const certificates = settings.hasCertificates
    ? [
        new storage.FileShare(
          `${name}-certificates`,
          { ...inAccount, shareName: CERTIFICATES_SHARE, shareQuota: 1 },
          kept,
        ),
      ]
    : [];
  return { account, share, shares: [share, ...certificates], key: accountKey(inAccount, account, parent) };
}

function accountArgs(settings: StorageSettings): storage.StorageAccountArgs {
  return {
    accountName: settings.names.storageAccount,
    resourceGroupName: settings.resourceGroupName,
    location: settings.location,
    tags: settings.tags,
    kind: "StorageV2",
    sku: { name: "Standard_LRS" },
    enableHttpsTrafficOnly: true,
    minimumTlsVersion: "TLS1_2",
    allowBlobPublicAccess: false,
    allowCrossTenantReplication: false,
    // Container groups mount by key, and cannot by identity (…/container-instances/container-instances-volume-azure-files).
    allowSharedKeyAccess: true,
  };
}

function accountKey(
  inAccount: { resourceGroupName: pulumi.Input<string>; accountName: pulumi.Input<string> },
  account: storage.StorageAccount,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const { keys } = pulumi
    .all([storage.listStorageAccountKeysOutput(inAccount, { parent }), account.id])
    .apply(([found]) => found);
  return pulumi.secret(
    keys.apply(([first]) => {
      if (first === undefined)
        throw new Error("the storage account has no key: allow shared key access to it in Azure");
      return first.value;
    }),
  );
}
