import * as containerinstance from "@pulumi/azure-native/containerinstance";
import * as pulumi from "@pulumi/pulumi";
import { EDITOR_PORT, SSH_PORT, WORKSPACE_USER } from "../spec/workspace/in-container";
import { workspaceSize } from "../spec/workspace/workspace-spec";
import { checkCloudWorkspace } from "./azure/checks";
import type { CloudWorkspaceArgs } from "./azure/cloud-workspace-args";
import { containerGroupArgs, REPLACED_ON_CHANGE } from "./azure/container-group";
import { declareLogs, type LogAccess } from "./azure/logs";
import { placeOf, type Place } from "./azure/place";
import {
  declareRegistry,
  imageReference,
  type RegistryAccess,
  type RegistrySettings,
} from "./azure/registry";
import type { SidecarSettings } from "./azure/sidecar";
import { groupResources, type GroupResources } from "./azure/sizes";
import {
  declareResourceGroup,
  declareStorage,
  type CloudStorage,
  type StorageSettings,
} from "./azure/storage";
import { CADDY_STORAGE } from "./azure/volumes";

const CADDY_IMAGE = "docker.io/library/caddy:2.10.2-alpine";

/**
 * A workspace on Azure Container Instances, its volume an Azure Files share. What Azure would refuse is refused by an Error that names it
 * and the fix, before anything is declared.
 */
export class CloudWorkspace extends pulumi.ComponentResource {
  /** Of the editor. */
  readonly url: pulumi.Output<string>;
  readonly sshCommand: pulumi.Output<string>;
  /** Azure's ids by what they are: `resourceGroup`, `storageAccount`, `share`, `registry`, `identity`, and while it runs `containerGroup`. */
  readonly resourceIds: pulumi.Output<Record<string, string>>;
  /** Host of the registry that the image is pushed to. */
  readonly registryServer: pulumi.Output<string>;

  constructor(name: string, args: CloudWorkspaceArgs, options?: pulumi.ComponentResourceOptions) {
    checkCloudWorkspace(args);
    const resources = groupResources(args.spec.size, { ...args, hasSidecar: args.tls !== false });
    super("berth:cloud:CloudWorkspace", name, {}, options);
    const place = placeOf(args, this);
    const resourceGroup = declareResourceGroup(name, place, this);
    const inGroup: InGroup = { ...place, resourceGroupName: resourceGroup.name };
    const storage = declareStorage(name, storageSettings(args, inGroup), this);
    const registry = declareRegistry(name, registrySettings(args, inGroup), this);
    const logs = args.logs && declareLogs(name, { ...inGroup, ...args.logs }, this);
    const group = args.running
      ? declareGroup(name, { args, resources, inGroup, storage, registry, logs }, this)
      : undefined;
    this.url = editorAddress(args, place);
    this.sshCommand = pulumi.interpolate`ssh -p ${SSH_PORT} ${WORKSPACE_USER.name}@${place.hostName}`;
    this.registryServer = registry.loginServer;
    const ids: Record<string, pulumi.Output<string>> = {
      resourceGroup: resourceGroup.id,
      storageAccount: storage.account.id,
      share: storage.share.id,
      registry: registry.registryId,
      identity: registry.identity.id,
      ...(logs && { logWorkspace: logs.id }),
      ...(group && { containerGroup: group.id }),
    };
    this.resourceIds = pulumi.output(ids);
    this.registerOutputs({ url: this.url, sshCommand: this.sshCommand, resourceIds: this.resourceIds });
  }
}

type InGroup = Place & { resourceGroupName: pulumi.Output<string> };

interface GroupParts {
  args: CloudWorkspaceArgs;
  resources: GroupResources;
  inGroup: InGroup;
  storage: CloudStorage;
  registry: RegistryAccess;
  logs: LogAccess | undefined;
}

function editorAddress({ tls }: CloudWorkspaceArgs, { hostName }: Place): pulumi.Output<string> {
  return tls === false
    ? pulumi.interpolate`http://${hostName}:${EDITOR_PORT}/`
    : pulumi.interpolate`https://${hostName}/`;
}

function storageSettings({ spec, tls }: CloudWorkspaceArgs, inGroup: InGroup): StorageSettings {
  return { ...inGroup, diskGb: workspaceSize(spec.size).diskGb, hasCertificates: tls !== false };
}

function registrySettings({ registry }: CloudWorkspaceArgs, inGroup: InGroup): RegistrySettings {
  return { ...inGroup, existing: registry };
}

function sidecarSettings({ tls }: CloudWorkspaceArgs, { hostName }: Place): SidecarSettings | undefined {
  if (tls === false) return undefined;
  const { email, issuer = "acme", acmeDirectory, image = CADDY_IMAGE } = tls;
  return {
    image,
    caddy: hostName.apply((host) => ({
      hostName: host,
      email,
      issuer,
      acmeDirectory,
      storagePath: CADDY_STORAGE,
    })),
  };
}

function declareGroup(
  name: string,
  parts: GroupParts,
  parent: pulumi.Resource,
): containerinstance.ContainerGroup {
  const { args, resources, inGroup, storage, registry, logs } = parts;
  for (const note of resources.notes) void pulumi.log.info(note, parent);
  return new containerinstance.ContainerGroup(
    `${name}-group`,
    containerGroupArgs({
      ...inGroup,
      ...{
        spec: args.spec,
        secrets: args.secrets,
        secureVariables: args.secureVariables ?? {},
        resources,
        logs,
      },
      tags: { ...inGroup.tags, ...(args.attempt !== undefined && { "berth-attempt": args.attempt }) },
      image: pulumi
        .all([args.image, registry.loginServer])
        .apply(([image, host]) => imageReference(image, host)),
      registryServer: registry.loginServer,
      identityId: registry.identity.id,
      storage: { account: storage.account.name, key: storage.key },
      tls: sidecarSettings(args, inGroup),
    }),
    {
      parent,
      // Two groups cannot have one name, nor one host name.
      deleteBeforeReplace: true,
      replaceOnChanges: REPLACED_ON_CHANGE,
      // What Azure gives back of them is empty where it is secret, but the inputs are kept beside it.
      additionalSecretOutputs: ["containers", "volumes", "diagnostics"],
      dependsOn: [registry.pullRight, ...storage.shares],
    },
  );
}
