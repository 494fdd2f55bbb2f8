import { SHARED_OWNER } from "../../../spec/names";
import { isOwnTag, readsImage } from "./images";
import type { Labels, Ownership } from "./ownership";

/** An answer's object, of which only what is named here is read. */
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list of objects, whatever the engine answered. */
export function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function labelsOf(value: unknown): Labels {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function shownMounts(ownership: Ownership, mounts: unknown): Json[] {
  return objects(mounts).map((mount) =>
    typeof mount["Name"] === "string" ? { ...mount, Name: ownership.shown(mount["Name"]) } : mount,
  );
}

function shownEndpoints(ownership: Ownership, settings: unknown): unknown {
  if (!isObject(settings) || !isObject(settings["Networks"])) return settings;
  const networks = Object.entries(settings["Networks"]).map(([name, endpoint]): [string, unknown] => [
    ownership.shown(name),
    endpoint,
  ]);
  return { ...settings, Networks: Object.fromEntries(networks) };
}

function shownHostConfig(ownership: Ownership, host: unknown): unknown {
  if (!isObject(host)) return host;
  const { NetworkMode: mode, Mounts: mounts } = host;
  return {
    ...host,
    ...(typeof mode === "string" && { NetworkMode: ownership.shown(mode) }),
    ...(Array.isArray(mounts) && {
      Mounts: objects(mounts).map((mount) =>
        typeof mount["Source"] === "string" ? { ...mount, Source: ownership.shown(mount["Source"]) } : mount,
      ),
    }),
  };
}

/** One line of `docker ps`; undefined where it is not the caller's to see. */
export function shownContainer(ownership: Ownership, container: Json): Json | undefined {
  const labels = labelsOf(container["Labels"]);
  if (!ownership.permits("read", labels)) return undefined;
  return {
    ...container,
    ...("HostConfig" in container && { HostConfig: shownHostConfig(ownership, container["HostConfig"]) }),
    ...("NetworkSettings" in container && {
      NetworkSettings: shownEndpoints(ownership, container["NetworkSettings"]),
    }),
    ...("Mounts" in container && { Mounts: shownMounts(ownership, container["Mounts"]) }),
  };
}

/** `docker inspect` of a container. Of a shared one, what may hold a secret or a place on the host is left out. */
export function shownInspect(ownership: Ownership, container: Json): Json {
  const config = isObject(container["Config"]) ? container["Config"] : {};
  const labels = labelsOf(config["Labels"]);
  const shown = {
    ...container,
    HostConfig: shownHostConfig(ownership, container["HostConfig"]),
    NetworkSettings: shownEndpoints(ownership, container["NetworkSettings"]),
    Mounts: shownMounts(ownership, container["Mounts"]),
  };
  if (ownership.permits("operate", labels)) return shown;
  const { Id, Name, Created, State, Image, RestartCount, Platform } = container;
  const { Image: image, ExposedPorts } = config;
  return {
    ...{ Id, Name, Created, State, Image, RestartCount, Platform },
    Config: { Image: image, ExposedPorts, Labels: labels, Env: [], Cmd: null, Entrypoint: null },
    HostConfig: { NetworkMode: "", RestartPolicy: { Name: "", MaximumRetryCount: 0 } },
    NetworkSettings: shown.NetworkSettings,
    Mounts: [],
  };
}

/** A network as the caller may see it: of the containers on it, their own. Undefined where it is not theirs to see. */
export function shownNetwork(ownership: Ownership, network: Json): Json | undefined {
  if (!ownership.permits("read", labelsOf(network["Labels"]))) return undefined;
  const containers = isObject(network["Containers"]) ? Object.entries(network["Containers"]) : [];
  const visible = containers.filter(
    ([, endpoint]) =>
      ownership.caller.role === "operator" ||
      (isObject(endpoint) && typeof endpoint["Name"] === "string" && ownership.isOwnName(endpoint["Name"])),
  );
  return {
    ...network,
    Name: ownership.shown(String(network["Name"])),
    ...("Containers" in network && { Containers: Object.fromEntries(visible) }),
  };
}

/** A volume as the caller may see it; undefined where it is not theirs to see. */
export function shownVolume(ownership: Ownership, volume: Json): Json | undefined {
  if (!ownership.permits("read", labelsOf(volume["Labels"]))) return undefined;
  return { ...volume, Name: ownership.shown(String(volume["Name"])) };
}

/** One line of `docker images`, with those of its names that the caller may know. */
export function shownImage(ownership: Ownership, image: Json): Json | undefined {
  const tags = Array.isArray(image["RepoTags"]) ? image["RepoTags"].map(String) : [];
  const labels = labelsOf(image["Labels"]);
  if (!readsImage(ownership, { tags, labels })) return undefined;
  const everyName = ownership.caller.role === "operator" || labels["berth.owner"] === SHARED_OWNER;
  return {
    ...image,
    RepoTags: tags.filter(
      (tag) => everyName || isOwnTag(ownership, tag) || readsImage(ownership, { tags: [tag], labels: {} }),
    ),
  };
}

/** Keeps what `show` returns. */
export function kept<T>(values: unknown, show: (value: Json) => T | undefined): T[] {
  return objects(values).flatMap((value) => show(value) ?? []);
}
