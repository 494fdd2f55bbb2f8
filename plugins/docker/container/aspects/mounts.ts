/** Mounts in the long form: binds, volumes and tmpfs. */
import type Dockerode from "dockerode";
import type { Properties } from "../../../kit/types";
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect } from "../aspect";

type Mount = Partial<Omit<Dockerode.MountSettings, "VolumeOptions">> & {
  VolumeOptions?: Partial<NonNullable<Dockerode.MountSettings["VolumeOptions"]>>;
};

export const mountsAspect: Aspect = {
  properties: spec.replacing({
    mounts: spec.objectSet({
      target: spec.text({ required: true }),
      type: spec.text({ required: true, enum: ["bind", "volume", "tmpfs"] }),
      source: spec.text(),
      readOnly: spec.flag(),
      bindOptions: spec.object({
        propagation: spec.text({ enum: ["private", "rprivate", "shared", "rshared", "slave", "rslave"] }),
      }),
      tmpfsOptions: spec.object({ mode: spec.integer(), sizeBytes: spec.integer() }),
      volumeOptions: spec.object({
        driverName: spec.text(),
        driverOptions: spec.textMap(),
        labels: spec.labels(),
        noCopy: spec.flag(),
        subpath: spec.text(),
      }),
    }),
    // The official plugin calls a change of this map an update and then changes nothing; the engine cannot.
    tmpfs: spec.textMap(),
  }),

  toRequest(inputs, request) {
    request.HostConfig.Mounts = read.objects(inputs, "mounts").map(toMount) as Dockerode.MountConfig;
    request.HostConfig.Tmpfs = read.textMap(inputs, "tmpfs");
  },

  fromEngine({ HostConfig: host }) {
    const tmpfs = host.Tmpfs ?? {};
    return read.defined({
      mounts: (host.Mounts ?? []).map(fromMount),
      tmpfs: Object.keys(tmpfs).length > 0 ? tmpfs : undefined,
    });
  },
};

function toMount(mount: Properties): Mount {
  const [bind, tmpfs, volume] = ["bindOptions", "tmpfsOptions", "volumeOptions"].map((key) =>
    read.object(mount, key),
  );
  return {
    Target: read.requiredText(mount, "target"),
    Type: read.requiredText(mount, "type") as Dockerode.MountType,
    Source: read.filledText(mount, "source"),
    ReadOnly: read.flag(mount, "readOnly"),
    ...(bind && {
      BindOptions: { Propagation: read.text(bind, "propagation") as Dockerode.MountPropagation },
    }),
    ...(tmpfs && {
      TmpfsOptions: { SizeBytes: read.number(tmpfs, "sizeBytes")!, Mode: read.number(tmpfs, "mode")! },
    }),
    ...(volume && { VolumeOptions: toVolumeOptions(volume) }),
  };
}

function toVolumeOptions(volume: Properties): NonNullable<Mount["VolumeOptions"]> {
  const driver = read.filledText(volume, "driverName");
  const options = read.textMap(volume, "driverOptions");
  const subpath = read.filledText(volume, "subpath");
  return {
    NoCopy: read.flag(volume, "noCopy"),
    Labels: read.labels(volume),
    ...((driver || options) && { DriverConfig: { Name: driver ?? "local", Options: options ?? {} } }),
    ...(subpath && { Subpath: subpath }),
  };
}

function fromMount(mount: Mount): Properties {
  const { BindOptions: bind, TmpfsOptions: tmpfs, VolumeOptions: volume } = mount;
  return read.defined({
    target: mount.Target,
    type: mount.Type,
    source: mount.Source || undefined,
    readOnly: mount.ReadOnly || undefined,
    bindOptions: bind?.Propagation && { propagation: bind.Propagation },
    tmpfsOptions:
      tmpfs && read.defined({ sizeBytes: tmpfs.SizeBytes || undefined, mode: tmpfs.Mode || undefined }),
    volumeOptions:
      volume &&
      read.defined({
        noCopy: volume.NoCopy || undefined,
        labels: volume.Labels && read.labelList(volume.Labels),
        driverName: volume.DriverConfig?.Name || undefined,
        driverOptions: volume.DriverConfig?.Options,
        subpath: volume.Subpath,
      }),
  });
}
