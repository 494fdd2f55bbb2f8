import { UNKNOWN, type Known } from "./finding";
import { flag, isObject, list, object, text, type Inputs } from "./inputs";

/** Kind of a volume whose driver options bind a path of the host. */
export const PATH_VOLUME = "volume of a path";

/** One thing that a container sees of its host, or shares with another container. */
export interface MountFacts {
  /** The input that asks for it, as a path: `mounts[0]`. */
  property: string;
  /** "bind" for a path of the host; PATH_VOLUME for a volume that is one; "from" for all mounts of another container. */
  kind: Known<string>;
  source: Known<string>;
  target: Known<string>;
  readOnly: Known<boolean>;
}

/** All mounts of a container: `mounts`, the older `volumes`, and volumes whose driver options bind a path of the host. */
export function mountsOf(inputs: Inputs): MountFacts[] {
  return [...each(inputs, "mounts", newMount), ...each(inputs, "volumes", oldMount)];
}

function each(
  inputs: Inputs,
  key: string,
  read: (mount: Inputs, property: string) => MountFacts,
): MountFacts[] {
  const mounts = list(inputs, key);
  if (mounts === UNKNOWN) return [unknownMount(key)];
  return mounts.map((mount, index) => {
    const property = `${key}[${index}]`;
    return isObject(mount) ? read(mount, property) : unknownMount(property);
  });
}

function unknownMount(property: string): MountFacts {
  return { property, kind: UNKNOWN, source: UNKNOWN, target: UNKNOWN, readOnly: UNKNOWN };
}

function newMount(mount: Inputs, property: string): MountFacts {
  const options = object(mount, "volumeOptions");
  if (options === UNKNOWN) return unknownMount(property);
  const path = hostPathOfVolume(object(options, "driverOptions"));
  const target = text(mount, "target") ?? "";
  if (path === UNKNOWN) return unknownMount(property);
  if (path !== undefined) return { property, kind: PATH_VOLUME, source: path, target, readOnly: false };
  return {
    property,
    kind: text(mount, "type") ?? "",
    source: text(mount, "source") ?? "",
    target,
    readOnly: flag(mount, "readOnly"),
  };
}

function oldMount(mount: Inputs, property: string): MountFacts {
  const hostPath = text(mount, "hostPath");
  const container = text(mount, "fromContainer");
  const kind = container !== undefined ? "from" : hostPath !== undefined ? "bind" : "volume";
  return {
    property,
    kind,
    source: container ?? hostPath ?? text(mount, "volumeName") ?? "",
    target: text(mount, "containerPath") ?? "",
    readOnly: flag(mount, "readOnly"),
  };
}

/**
 * The path of the host that a volume's driver options bind, so that the volume is a host path under another name; undefined for
 * an ordinary volume. Source: mount(8), `device` with the option `bind`, as the engine's local driver passes them on.
 */
export function hostPathOfVolume(options: Known<Inputs>): Known<string> | undefined {
  if (options === UNKNOWN) return UNKNOWN;
  const device = text(options, "device");
  if (device === undefined || device === UNKNOWN) return device;
  const words = text(options, "o");
  const binds = words === UNKNOWN || (words ?? "").split(",").some((word) => /^r?bind$/.test(word.trim()));
  return binds || device.startsWith("/") ? device : undefined;
}
