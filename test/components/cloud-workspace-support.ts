import * as pulumi from "@pulumi/pulumi";
import type { CloudWorkspaceArgs } from "../../components/azure/cloud-workspace-args";
import { CloudWorkspace } from "../../components/cloud-workspace";
import { workspaceSpec } from "../../spec/workspace/workspace-spec";
import { MockedProgram, type ProviderFunctions, type ProviderOutputs } from "../support/pulumi-mocks";

export const SUBSCRIPTION = "a2f5c9f0-0000-4000-8000-000000000001";
export const GROUP = "azure-native:containerinstance:ContainerGroup";
export const STORAGE_KEY = "key-of-the-storage-account";
export const LOG_KEY = "key-of-the-log-workspace";
export const PASSWORD = "password-of-the-editor";

const named =
  (input: string) =>
  (inputs: Record<string, unknown>): Record<string, unknown> => ({ name: inputs[input] });

const providers: ProviderOutputs = {
  "azure-native:authorization:RoleAssignment": () => ({}),
  [GROUP]: named("containerGroupName"),
  "azure-native:containerregistry:Registry": ({ registryName }) => ({
    loginServer: `${String(registryName)}.azurecr.io`,
  }),
  "azure-native:managedidentity:UserAssignedIdentity": () => ({ principalId: "principal" }),
  "azure-native:operationalinsights:Workspace": (inputs) => ({
    name: inputs.workspaceName,
    customerId: "customer",
  }),
  "azure-native:resources:ResourceGroup": named("resourceGroupName"),
  "azure-native:storage:FileServiceProperties": () => ({}),
  "azure-native:storage:FileShare": named("shareName"),
  "azure-native:storage:StorageAccount": named("accountName"),
};

const functions: ProviderFunctions = {
  "azure-native:authorization:getClientConfig": () => ({ subscriptionId: SUBSCRIPTION }),
  "azure-native:storage:listStorageAccountKeys": () => ({ keys: [{ keyName: "key1", value: STORAGE_KEY }] }),
  "azure-native:operationalinsights:getSharedKeys": () => ({ primarySharedKey: LOG_KEY }),
};

export function startMocks(options: { preview?: boolean } = {}): Promise<MockedProgram> {
  return MockedProgram.start(providers, { ...options, functions });
}

export const sampleSpec = workspaceSpec.parse({ name: "atlas", secrets: ["editor-password"] });

/** A workspace that keeps every rule, but for what is given. */
export function sampleArgs(options: Partial<CloudWorkspaceArgs> = {}): CloudWorkspaceArgs {
  return {
    name: "atlas",
    owner: "01",
    spec: sampleSpec,
    image: "workspace:1",
    secrets: { "editor-password": pulumi.secret(PASSWORD) },
    running: true,
    location: "westeurope",
    tls: { email: "ops@example.com" },
    ...options,
  };
}

export function declare(options: Partial<CloudWorkspaceArgs> = {}): CloudWorkspace {
  return new CloudWorkspace("work", sampleArgs(options));
}
