import * as path from "node:path";
import type { input as azure } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import { SECRETS_FOLDER, STOPPED_MARKER } from "../../spec/workspace/in-container";
import { caddyfile, type CaddySettings } from "./caddyfile";
import { CERTIFICATES_SHARE, WORKSPACE_SHARE } from "./names";

export const WORKSPACE_VOLUME = "workspace";
const SECRETS_VOLUME = "secrets";
const SHARED_VOLUME = "shared";
const CADDY_VOLUME = "caddy";
const CERTIFICATES_VOLUME = "certificates";

/** Where the sidecar finds its Caddyfile, and keeps certificates. */
export const CADDY_FOLDER = "/etc/caddy";
export const CADDY_STORAGE = "/data";

/** Where the workspace says that it ended by itself, for the sidecar to see. */
export const SHARED_MOUNT = { name: SHARED_VOLUME, mountPath: path.posix.dirname(STOPPED_MARKER) };

export const SIDECAR_MOUNTS: azure.containerinstance.VolumeMountArgs[] = [
  { name: CADDY_VOLUME, mountPath: CADDY_FOLDER, readOnly: true },
  { name: CERTIFICATES_VOLUME, mountPath: CADDY_STORAGE },
  { ...SHARED_MOUNT, readOnly: true },
];

/** None without secrets: Azure takes no empty secret volume. */
export function secretMount(secrets: Record<string, unknown>): azure.containerinstance.VolumeMountArgs[] {
  if (Object.keys(secrets).length === 0) return [];
  return [{ name: SECRETS_VOLUME, mountPath: SECRETS_FOLDER, readOnly: true }];
}

interface VolumeSettings {
  storage: { account: pulumi.Input<string>; key: pulumi.Input<string> };
  secrets: Record<string, pulumi.Input<string>>;
  tls: { caddy: pulumi.Input<CaddySettings> } | undefined;
}

/** The volumes of a group; keys and secrets in them stay encrypted in the state. */
export function groupVolumes({
  storage,
  secrets,
  tls,
}: VolumeSettings): azure.containerinstance.VolumeArgs[] {
  const share = (shareName: string): azure.containerinstance.AzureFileVolumeArgs => ({
    shareName,
    storageAccountName: storage.account,
    storageAccountKey: pulumi.secret(storage.key),
  });
  return [
    { name: WORKSPACE_VOLUME, azureFile: share(WORKSPACE_SHARE) },
    { name: SHARED_VOLUME, emptyDir: {} },
    ...(Object.keys(secrets).length === 0 ? [] : [secretVolume(secrets)]),
    ...(tls === undefined
      ? []
      : [
          { name: CADDY_VOLUME, secret: { Caddyfile: base64(pulumi.output(tls.caddy).apply(caddyfile)) } },
          { name: CERTIFICATES_VOLUME, azureFile: share(CERTIFICATES_SHARE) },
        ]),
  ];
}

function secretVolume(secrets: Record<string, pulumi.Input<string>>): azure.containerinstance.VolumeArgs {
  const sorted = Object.entries(secrets).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    name: SECRETS_VOLUME,
    secret: Object.fromEntries(sorted.map(([key, value]) => [key, pulumi.secret(base64(value))])),
  };
}

/** As Azure takes a secret volume's files (…/container-instances/container-instances-volume-secret). */
function base64(text: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(text).apply((known) => Buffer.from(known).toString("base64"));
}
