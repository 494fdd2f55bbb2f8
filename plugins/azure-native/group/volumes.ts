/** Volumes of a group: a share is its volume, an emptyDir one that goes with the group, a secret one in memory. */
import type Dockerode from "dockerode";
import { pack } from "tar-stream";
import type { Cloud } from "../cloud/cloud";
import { groupLabels, objectName } from "./labels";
import type { GroupContainer, GroupVolume } from "./model";

/** Name on the engine by name in the group. */
export type VolumeNames = Map<string, string>;

/**
 * Makes what is made for this group alone.
 * @throws Error as Azure's FailedMountAzureFileVolume, where the share or its key is not right.
 */
export async function makeVolumes(
  cloud: Cloud,
  group: { id: string; name: string },
  volumes: GroupVolume[],
): Promise<VolumeNames> {
  const names: VolumeNames = new Map();
  for (const volume of volumes) {
    if (volume.azureFile) {
      names.set(volume.name, await shareVolume(cloud, volume.azureFile));
      continue;
    }
    const name = objectName(group.name, volume.name);
    await cloud.engine.docker.createVolume({
      Name: name,
      Labels: groupLabels(group.id),
      // A secret is never written to a disk, as in Azure.
      ...(volume.secret && { Driver: "local", DriverOpts: { type: "tmpfs", device: "tmpfs", o: "size=8m" } }),
    });
    names.set(volume.name, name);
  }
  return names;
}

async function shareVolume(
  { records }: Cloud,
  wanted: { account: string; share: string; key: string },
): Promise<string> {
  const { account, share, key } = wanted;
  const found = await records.byName("Microsoft.Storage/storageAccounts", account);
  if (!found || ![found.facts.key1, found.facts.key2].includes(key))
    throw new Error(
      `the share ${share} cannot be mounted: '${account}' is no storage account, or the key is not its own`,
    );
  const shareRecord = await records.get(`${found.id}/fileServices/default/shares/${share}`);
  if (!shareRecord)
    throw new Error(`the share ${share} cannot be mounted: '${account}' has no such share: make it first`);
  return shareRecord.facts.volume ?? "";
}

/** The mounts of one container. A secret volume is read-only, whatever was asked. */
export function mountsOf(
  container: GroupContainer,
  volumes: GroupVolume[],
  names: VolumeNames,
): Dockerode.MountSettings[] {
  return container.mounts.map(({ volume, path, readOnly }) => ({
    Type: "volume",
    Source: names.get(volume) ?? "",
    Target: path,
    ReadOnly: readOnly || volumes.find(({ name }) => name === volume)?.secret !== undefined,
    // Azure's are empty at first, whatever the image has there.
    VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: "", Options: {} } },
  }));
}

/** Where the holder has a secret volume, so that it stays in memory while the others restart. */
export const holderPath = (volume: GroupVolume): string => `/run/azure-emulation/${volume.name}`;

/** A secret volume's files as an archive for {@link holderPath}. */
export function secretArchive(secret: Record<string, string>): NodeJS.ReadableStream {
  const archive = pack();
  for (const [name, content] of Object.entries(secret))
    archive.entry({ name, mode: 0o644 }, Buffer.from(content, "base64"));
  archive.finalize();
  return archive;
}
