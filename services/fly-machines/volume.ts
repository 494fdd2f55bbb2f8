import type { MachinesApi } from "./api";
import { ApiError } from "./api-error";
import { volumeAnswer, volumesAnswer, type Volume } from "./answers";
import { createOnce } from "./create-once";
import { Deadline, poll } from "./poll";
import type { StepResults, VolumeRequest } from "./request";
import { z } from "zod";

const READY_WITHIN_SECONDS = 120;
/** After its machine went, Fly.io may hold a volume for some seconds. */
const DETACHED_WITHIN_SECONDS = 60;
const GOING = ["scheduling_destroy", "waiting_for_detach", "pending_destroy", "destroying", "destroyed"];

/** Whether a volume is still there: one that is being destroyed is listed for a while. */
export function exists({ state }: Volume): boolean {
  return !GOING.includes(state);
}

/** Makes the volume, or takes the one that is there: larger where it must be, never smaller, never another place. */
export async function ensureVolume(api: MachinesApi, request: VolumeRequest): Promise<StepResults["volume"]> {
  const path = `/apps/${request.app}/volumes`;
  let volume = await findVolume(api, request);
  if (volume === undefined) volume = await makeVolume(api, request);
  refuseMisfit(volume, request);
  if (volume.size_gb < request.sizeGb) {
    await api.ask(z.looseObject({ volume: volumeAnswer }), {
      method: "PUT",
      path: `${path}/${volume.id}/extend`,
      body: { size_gb: request.sizeGb },
    });
  }
  if (volume.snapshot_retention !== request.snapshotRetentionDays) {
    const body = { snapshot_retention: request.snapshotRetentionDays, auto_backup_enabled: true };
    await api.send({ method: "PUT", path: `${path}/${volume.id}`, body });
  }
  return { id: volume.id, sizeGb: request.sizeGb };
}

async function findVolume(api: MachinesApi, { app, name }: VolumeRequest): Promise<Volume | undefined> {
  const volumes = await api.ask(volumesAnswer, { method: "GET", path: `/apps/${app}/volumes` });
  const ours = volumes.filter((volume) => volume.name === name && exists(volume));
  const attached = ours.filter((volume) => volume.attached_machine_id);
  const [volume, other] = attached.length === 1 ? attached : ours;
  if (volume && other) {
    throw new Error(
      `Fly.io: the app ${app} has several volumes '${name}' (${ours.map(({ id }) => id).join(", ")}), and it is not known which is the workspace's: remove the others with 'fly volumes destroy'`,
    );
  }
  return volume;
}

async function makeVolume(api: MachinesApi, request: VolumeRequest): Promise<Volume> {
  const { app, name, region } = request;
  const path = `/apps/${app}/volumes`;
  const body = {
    ...{ name, region, size_gb: request.sizeGb, encrypted: true, fstype: "ext4" },
    ...{ snapshot_retention: request.snapshotRetentionDays, auto_backup_enabled: true },
    ...{ require_unique_zone: false, compute: request.guest },
  };
  const made = await createOnce(
    () => api.ask(volumeAnswer, { method: "POST", path, body }),
    () => findVolume(api, request),
  );
  return poll(
    async () => {
      const volume = await api.ask(volumeAnswer, { method: "GET", path: `${path}/${made.id}` });
      return volume.state === "created" ? volume : undefined;
    },
    new Deadline(READY_WITHIN_SECONDS),
    () =>
      `Fly.io: the volume ${made.id} of ${app} is not ready after ${READY_WITHIN_SECONDS} s: run the command again; 'fly volumes list -a ${app}' shows its state`,
  );
}

function refuseMisfit(volume: Volume, { app, region, sizeGb }: VolumeRequest): void {
  if (volume.region !== region) {
    throw new Error(
      `Fly.io: the volume ${volume.id} of ${app} is in region ${volume.region} and cannot move to ${region}: set the region to ${volume.region}, or make a workspace of another name in ${region}`,
    );
  }
  if (volume.size_gb > sizeGb) {
    throw new Error(
      `Fly.io: the volume ${volume.id} of ${app} has ${volume.size_gb} GB and cannot shrink to ${sizeGb}: set diskGb to ${volume.size_gb} or more`,
    );
  }
  if (!volume.encrypted) {
    throw new Error(
      `Fly.io: the volume ${volume.id} of ${app} is not encrypted, and cannot become so: save what is on it, remove it with 'fly volumes destroy ${volume.id}', then run the command again`,
    );
  }
}

/**
 * Removes the volume where that was asked for, and keeps it otherwise.
 * @returns a sentence of what became of it.
 */
export async function removeVolume(api: MachinesApi, request: VolumeRequest): Promise<string> {
  const { app, name, deleteData } = request;
  const volumes = await api.find(volumesAnswer, { method: "GET", path: `/apps/${app}/volumes` });
  const ours = (volumes ?? []).filter((volume) => volume.name === name && exists(volume));
  if (ours.length === 0) return `the volume of ${app} is gone already`;
  const ids = ours.map(({ id }) => id).join(" and ");
  if (!deleteData) {
    return `volume ${ids} of ${app} is kept, with home and projects: a workspace of the same name uses it again, 'fly volumes destroy ${ids}' deletes it`;
  }
  for (const { id } of ours) await destroy(api, `/apps/${app}/volumes/${id}`);
  return `volume ${ids} of ${app} was deleted`;
}

async function destroy(api: MachinesApi, path: string): Promise<void> {
  const deadline = new Deadline(DETACHED_WITHIN_SECONDS);
  await poll(
    async () => {
      try {
        await api.send({ method: "DELETE", path });
        return true;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.status === 404) return true;
        if (!/attached|detach/i.test(error.words) || deadline.leftMs === 0) throw error;
        return undefined;
      }
    },
    deadline,
    () => `Fly.io: ${path} cannot be deleted: its machine still holds it: run the command again`,
  );
}
