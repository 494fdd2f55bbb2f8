import { randomUUID } from "node:crypto";
import type { Environment } from "../../../../policy/rules";
import type { RequestContext } from "../context";
import { findContainer, isTaken, maybeVolume } from "../lookup";
import { checkLabels } from "../labels";
import type { Labels } from "../ownership";
import { absent, refuseField } from "../refusals";
import type { CreateRequest, HostRequest } from "./create-schema";

type MountRequest = NonNullable<HostRequest["Mounts"]>[number];

/** A mount as the engine gets it. */
export interface Mount {
  Type: "volume" | "tmpfs";
  /** Physical name of a volume; none for one that goes with the container. */
  Source?: string;
  Target: string;
  ReadOnly?: boolean;
  VolumeOptions?: { NoCopy?: boolean; Labels: Labels; Subpath?: string };
  TmpfsOptions?: { SizeBytes?: number; Mode?: number };
}

/** Every mount of a new container, and the names of the volumes that come into being with it. */
export interface CheckedMounts {
  mounts: Mount[];
  newVolumes: string[];
}

/**
 * Takes Binds, Mounts, Volumes and the image's volumes together as mounts. They are asked for as mounts only, because those carry
 * labels: a volume that the engine makes on the way is the caller's from the start.
 * @throws Refused
 */
export async function checkMounts(
  context: RequestContext,
  environment: Environment,
  request: CreateRequest,
  imageVolumes: readonly string[],
): Promise<CheckedMounts> {
  const asked = [
    ...(request.HostConfig?.Binds ?? []).map(fromBind),
    ...(request.HostConfig?.Mounts ?? []).map(fromMount),
    ...Object.keys(request.Volumes ?? {}).map((Target): Asked => ({
      where: `Volumes.${Target}`,
      mount: { Type: "volume", Target },
    })),
  ];
  const taken = new Set([
    ...asked.map(({ mount }) => clean(mount.Target)),
    ...Object.keys(request.HostConfig?.Tmpfs ?? {}).map(clean),
  ]);
  const fromImage = imageVolumes
    .filter((target) => !taken.has(clean(target)))
    .map((Target): Asked => ({ where: "Image", mount: { Type: "volume", Target } }));
  const volumes: string[] = [];
  const mounts: Mount[] = [];
  for (const one of [...asked, ...fromImage]) {
    if (one.mount.Type === "tmpfs") {
      mounts.push(tmpfs(one.mount));
      continue;
    }
    const { mount, isNew } = await volume(context, environment, one);
    if (isNew) volumes.push(mount.Source ?? `(without a name) ${randomUUID()}`);
    mounts.push(mount);
  }
  return { mounts, newVolumes: [...new Set(volumes)] };
}

interface Asked {
  where: string;
  mount: MountRequest;
}

function clean(path: string): string {
  return path.replace(/\/+/g, "/").replace(/(?<=.)\/$/, "");
}

function fromBind(bind: string, index: number): Asked {
  const where = `HostConfig.Binds[${index}]`;
  const [Source = "", Target = "", options = "", ...more] = bind.split(":");
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(Source)) {
    refuseField(
      where,
      "no path of the host can be mounted: use a named volume, and docker cp or Mutagen to fill it",
    );
  }
  if (!Target.startsWith("/") || Target.split("/").includes("..") || more.length > 0) {
    refuseField(where, "must be <volume>:<absolute path>[:<options>]");
  }
  const flags = options.split(",").filter((flag) => flag !== "");
  const odd = flags.find((flag) => !["rw", "ro", "z", "Z", "nocopy"].includes(flag));
  if (odd !== undefined) refuseField(where, `option '${odd}' is not allowed: ro, rw and nocopy are`);
  return {
    where,
    mount: {
      Type: "volume",
      Source,
      Target,
      ReadOnly: flags.includes("ro"),
      VolumeOptions: { NoCopy: flags.includes("nocopy") },
    },
  };
}

function fromMount(mount: MountRequest, index: number): Asked {
  return { where: `HostConfig.Mounts[${index}]`, mount };
}

function tmpfs({ Target, ReadOnly, TmpfsOptions }: MountRequest): Mount {
  return {
    Type: "tmpfs",
    Target,
    ...(ReadOnly && { ReadOnly }),
    ...(TmpfsOptions && { TmpfsOptions: { SizeBytes: TmpfsOptions.SizeBytes, Mode: TmpfsOptions.Mode } }),
  };
}

async function volume(
  context: RequestContext,
  environment: Environment,
  { where, mount }: Asked,
): Promise<{ mount: Mount; isNew: boolean }> {
  const { Source = "", Target, ReadOnly, VolumeOptions } = mount;
  const { labels } = checkLabels(context.ownership, `${where}.VolumeOptions.Labels`, {
    ...VolumeOptions?.Labels,
    "berth.env": environment,
  });
  const options = {
    ...(VolumeOptions?.NoCopy && { NoCopy: true }),
    ...(VolumeOptions?.Subpath && { Subpath: VolumeOptions.Subpath }),
    Labels: labels,
  };
  const checked = { Type: "volume" as const, Target, ...(ReadOnly && { ReadOnly }), VolumeOptions: options };
  if (Source === "") return { mount: checked, isNew: true };
  const { name, exists } = await volumeName(context, environment, Source);
  return { mount: { ...checked, Source: name }, isNew: !exists };
}

/** The physical name of a volume to mount: the caller's own of this environment, there already or made now. */
async function volumeName(
  context: RequestContext,
  environment: Environment,
  name: string,
): Promise<{ name: string; exists: boolean }> {
  const { ownership } = context;
  const physical = /^[0-9a-f]{64}$/.test(name) ? name : ownership.physical(name, environment);
  const found = await maybeVolume(context, physical, "own");
  if (found) {
    if (ownership.environmentOf(found.Labels) !== environment) absent.volume(name);
    return { name: found.Name, exists: true };
  }
  // A name of another form is none that the caller could make; what has the name without the labels is not the caller's.
  if (!physical.startsWith(ownership.start(environment)) || (await isTaken(context, physical)))
    absent.volume(name);
  return { name: physical, exists: false };
}

/**
 * Containers whose mounts are taken over: the caller's own, and only where all that they mount are volumes.
 * @returns references by full id
 */
export async function checkVolumesFrom(
  context: RequestContext,
  asked: readonly string[] | null | undefined,
): Promise<string[]> {
  const found: string[] = [];
  for (const [index, entry] of (asked ?? []).entries()) {
    const [reference = "", mode = "", ...more] = entry.split(":");
    const where = `HostConfig.VolumesFrom[${index}]`;
    if (!["", "ro", "rw"].includes(mode) || more.length > 0)
      refuseField(where, "must be <container>[:ro|:rw]");
    const container = await findContainer(context, reference, "own");
    if ((container.Mounts ?? []).some(({ Type }) => Type !== "volume" && Type !== "tmpfs")) {
      refuseField(where, "that container mounts a path of the host");
    }
    found.push(mode === "" ? container.Id : `${container.Id}:${mode}`);
  }
  return found;
}
