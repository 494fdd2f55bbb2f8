import type { ContainerGroupArgs } from "@pulumi/azure-native/containerinstance";
import type { input as azure } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import {
  EDITOR_PORT,
  SPEC_VARIABLE,
  SSH_PORT,
  WORKSPACE_COMMAND,
  WORKSPACE_VOLUME_PATH,
} from "../../spec/workspace/in-container";
import type { WorkspaceSpec } from "../../spec/workspace/workspace-spec";
import { TLS_PORTS } from "./caddyfile";
import type { AzureNames } from "./names";
import { sidecar, type SidecarSettings } from "./sidecar";
import type { GroupResources } from "./sizes";
import { groupVolumes, secretMount, SHARED_MOUNT, WORKSPACE_VOLUME } from "./volumes";

/** All that a container group is made from; nothing in it is looked up. */
export interface GroupSettings {
  resourceGroupName: pulumi.Input<string>;
  names: pulumi.Output<AzureNames>;
  location: string;
  tags: Record<string, string>;
  spec: WorkspaceSpec;
  /** With the registry's host. */
  image: pulumi.Input<string>;
  registryServer: pulumi.Input<string>;
  /** Id of the identity that may pull. */
  identityId: pulumi.Input<string>;
  storage: { account: pulumi.Input<string>; key: pulumi.Input<string> };
  secrets: Record<string, pulumi.Input<string>>;
  secureVariables: Record<string, pulumi.Input<string>>;
  resources: GroupResources;
  /** None: the editor's port is published as it is. */
  tls: SidecarSettings | undefined;
  logs: { workspaceId: pulumi.Input<string>; key: pulumi.Input<string> } | undefined;
}

/**
 * A change of any of these needs a new group, since Azure refuses it for one that exists
 * (learn.microsoft.com/azure/container-instances/container-instances-update, "Properties that require container delete"). The sidecar's
 * coming and going changes the group's CPU and memory.
 */
export const REPLACED_ON_CHANGE = [
  "osType",
  "restartPolicy",
  "ipAddress.type",
  "subnetIds",
  "zones",
  "priority",
  "sku",
  "location",
  "containers[0].resources",
  "containers[1]",
  'tags["berth-attempt"]',
];

/** The pure mapping to a ContainerGroup. The workspace is its first container. */
export function containerGroupArgs(settings: GroupSettings): ContainerGroupArgs {
  const { tls, logs, registryServer: server, identityId: identity } = settings;
  return {
    containerGroupName: settings.names.containerGroup,
    resourceGroupName: settings.resourceGroupName,
    location: settings.location,
    tags: settings.tags,
    osType: "Linux",
    sku: "Standard",
    // A workspace that ends itself because nobody uses it exits with 0, and the group stays stopped.
    restartPolicy: "OnFailure",
    identity: { type: "UserAssigned", userAssignedIdentities: [identity] },
    imageRegistryCredentials: [{ server, identity }],
    containers: [
      workspaceContainer(settings),
      ...(tls === undefined ? [] : [sidecar(tls, settings.resources)]),
    ],
    volumes: groupVolumes(settings),
    ipAddress: {
      type: "Public",
      dnsNameLabel: settings.names.dnsLabel,
      ports: publicPorts(tls !== undefined).map(tcp),
    },
    ...(logs && {
      diagnostics: {
        logAnalytics: {
          workspaceId: logs.workspaceId,
          workspaceKey: pulumi.secret(logs.key),
          logType: "ContainerInstanceLogs",
        },
      },
    }),
  };
}

/** Behind the sidecar nobody reaches the editor but through it. */
function publicPorts(hasSidecar: boolean): number[] {
  return hasSidecar ? [TLS_PORTS.https, TLS_PORTS.http, SSH_PORT] : [EDITOR_PORT, SSH_PORT];
}

const tcp = (port: number): { port: number; protocol: "TCP" } => ({ port, protocol: "TCP" });

function workspaceContainer(settings: GroupSettings): azure.containerinstance.ContainerArgs {
  return {
    name: "workspace",
    image: settings.image,
    resources: settings.resources.workspace,
    ports: [EDITOR_PORT, SSH_PORT].map(tcp),
    environmentVariables: variables(settings),
    volumeMounts: [
      { name: WORKSPACE_VOLUME, mountPath: WORKSPACE_VOLUME_PATH },
      ...secretMount(settings.secrets),
      SHARED_MOUNT,
    ],
    // Its supervisor restarts what dies in it; only one that cannot get well by itself is restarted whole.
    livenessProbe: { ...health, initialDelaySeconds: 300, periodSeconds: 30, failureThreshold: 10 },
    readinessProbe: { ...health, initialDelaySeconds: 5, periodSeconds: 10, failureThreshold: 6 },
  };
}

const health: azure.containerinstance.ContainerProbeArgs = {
  exec: { command: [WORKSPACE_COMMAND, "health"] },
  successThreshold: 1,
  timeoutSeconds: 10,
};

/** Sorted, since their order would show as a change. */
function variables({
  spec,
  secureVariables,
}: GroupSettings): azure.containerinstance.EnvironmentVariableArgs[] {
  const secure = Object.entries(secureVariables).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    { name: SPEC_VARIABLE, value: JSON.stringify(spec) },
    ...secure.map(([name, value]) => ({ name, secureValue: pulumi.secret(value) })),
  ];
}
