/** Volumes in the short form of `docker run -v`. */
import type { Properties } from "../../../kit/types";
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect, InspectedContainer } from "../aspect";

export const volumesAspect: Aspect = {
  properties: spec.replacing({
    volumes: spec.objectSet({
      containerPath: spec.text(),
      fromContainer: spec.text(),
      hostPath: spec.text(),
      readOnly: spec.flag(),
      selinuxRelabel: spec.text({ enum: ["z", "Z"] }),
      volumeName: spec.text(),
    }),
  }),

  toRequest(inputs, request) {
    const volumes = read.objects(inputs, "volumes");
    const mounted = volumes.filter((volume) => sourceOf(volume));
    const paths = volumes.flatMap((volume) => read.filledText(volume, "containerPath") ?? []);
    request.Volumes = Object.fromEntries(paths.map((path) => [path, {}]));
    request.HostConfig.Binds = mounted.map(toBind);
    request.HostConfig.VolumesFrom = volumes.flatMap(
      (volume) => read.filledText(volume, "fromContainer") ?? [],
    );
  },

  fromEngine(found): Properties {
    const volumes = [...bound(found), ...anonymous(found), ...borrowed(found)];
    return volumes.length > 0 ? { volumes } : {};
  },
};

const sourceOf = (volume: Properties): string | undefined =>
  read.filledText(volume, "hostPath") ?? read.filledText(volume, "volumeName");

function toBind(volume: Properties): string {
  const relabel = read.filledText(volume, "selinuxRelabel");
  const mode = [read.flag(volume, "readOnly") ? "ro" : "rw", ...(relabel ? [relabel] : [])].join(",");
  return `${sourceOf(volume)}:${read.requiredText(volume, "containerPath")}:${mode}`;
}

function bound({ HostConfig: host }: InspectedContainer): Properties[] {
  return (host.Binds ?? []).map((bind) => {
    const [source = "", containerPath, mode = ""] = bind.split(":");
    const modes = mode.split(",");
    return read.defined({
      [source.startsWith("/") ? "hostPath" : "volumeName"]: source,
      containerPath,
      readOnly: modes.includes("ro") || undefined,
      selinuxRelabel: modes.find((part) => part.toLowerCase() === "z"),
    });
  });
}

function anonymous({ Config: config, HostConfig: host }: InspectedContainer): Properties[] {
  const named = new Set((host.Binds ?? []).map((bind) => bind.split(":")[1]));
  return Object.keys(config.Volumes ?? {})
    .filter((path) => !named.has(path))
    .map((containerPath) => ({ containerPath }));
}

function borrowed({ HostConfig: host }: InspectedContainer): Properties[] {
  return ((host.VolumesFrom ?? []) as string[]).map((fromContainer) => ({ fromContainer }));
}
