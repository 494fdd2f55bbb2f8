/** What this emulation offers: the resources of the official azure-native plugin that Berth's cloud workspaces use. */
import type { PluginDefinition } from "../kit/types";
import { configure, providerConfig, type Cloud } from "./cloud/cloud";
import { getClientConfig, getSharedKeys, listStorageAccountKeys } from "./functions";
import { containerGroup } from "./group/resource";
import { identity, registry, roleAssignment } from "./records/access";
import { logWorkspace } from "./records/log-workspace";
import { resourceGroup } from "./records/resource-group";
import { fileServiceProperties, fileShare, storageAccount } from "./records/storage";

export const definition: PluginDefinition<Cloud> = {
  name: "azure-native",
  version: "3.28.0",
  notice:
    "This is an EMULATION: nothing reaches Azure, nothing is billed there, and no host name is made. Container groups run on the local " +
    "Docker engine, everything else is a record. plugins/azure-native/README.md says what is left out.",
  config: providerConfig,
  configure: (config) => configure(config),
  resources: {
    "azure-native:authorization:RoleAssignment": roleAssignment,
    "azure-native:containerinstance:ContainerGroup": containerGroup,
    "azure-native:containerregistry:Registry": registry,
    "azure-native:managedidentity:UserAssignedIdentity": identity,
    "azure-native:operationalinsights:Workspace": logWorkspace,
    "azure-native:resources:ResourceGroup": resourceGroup,
    "azure-native:storage:FileServiceProperties": fileServiceProperties,
    "azure-native:storage:FileShare": fileShare,
    "azure-native:storage:StorageAccount": storageAccount,
  },
  functions: {
    "azure-native:authorization:getClientConfig": getClientConfig,
    "azure-native:operationalinsights:getSharedKeys": getSharedKeys,
    "azure-native:storage:listStorageAccountKeys": listStorageAccountKeys,
  },
};
