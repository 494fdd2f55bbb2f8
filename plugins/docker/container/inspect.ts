/** Finding containers and telling about them. */
import type { Properties, ResourceState } from "../../kit/types";
import type { Engine } from "../engine/client";
import { isNotFound } from "../engine/errors";
import { inspectImage } from "../engine/pull";
import { schemaVersion } from "../support/schema-version";
import * as read from "../support/values";
import type { InspectedContainer } from "./aspect";
import { fromContainer } from "./aspects";
import { publishedPorts } from "./aspects/ports";

export const nameOf = (found: InspectedContainer): string => found.Name.replace(/^\//, "");

/** @param idOrName full id, or on import also its name. */
export async function inspectContainer(
  engine: Engine,
  idOrName: string,
): Promise<InspectedContainer | undefined> {
  try {
    return await engine.docker.getContainer(idOrName).inspect();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** What the engine reports of the container, as inputs. */
export async function foundInputs(
  engine: Engine,
  found: InspectedContainer,
  asked: Properties,
): Promise<Properties> {
  return fromContainer(found, await inspectImage(engine, found.Image), asked);
}

/** Everything that programs can see of the container. */
export function stateOf(found: InspectedContainer, inputs: Properties, logs?: string): ResourceState {
  const { Config: config, HostConfig: host } = found;
  const asList = (value: string | string[] | null | undefined): string[] =>
    typeof value === "string" ? [value] : (value ?? []);
  const computed: Properties = {
    command: asList(config.Cmd),
    entrypoints: asList(config.Entrypoint),
    envs: [],
    labels: [],
    hostname: config.Hostname,
    init: host.Init ?? false,
    ipcMode: host.IpcMode ?? "",
    logDriver: host.LogConfig?.Type ?? "",
    platform: found.Platform,
    runtime: host.Runtime ?? "",
    securityOpts: (host.SecurityOpt as string[] | null) ?? [],
    shmSize: Math.round((host.ShmSize ?? 0) / (1024 * 1024)),
    stopSignal: config.StopSignal ?? "",
    stopTimeout: config.StopTimeout ?? 0,
  };
  const state = {
    ...schemaVersion(2),
    ...computed,
    ...inputs,
    ...(inputs.ports !== undefined && { ports: publishedPorts(found) }),
    ...read.defined({
      bridge: found.NetworkSettings.Bridge ?? "",
      networkDatas: networkData(found),
      exitCode: found.State.Running ? undefined : found.State.ExitCode,
      containerLogs: logs,
    }),
  };
  return { id: found.Id, state };
}

function networkData(found: InspectedContainer): Properties[] {
  return Object.entries(found.NetworkSettings.Networks)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([networkName, endpoint]) => ({
      networkName,
      ipAddress: endpoint.IPAddress,
      ipPrefixLength: endpoint.IPPrefixLen,
      gateway: endpoint.Gateway,
      globalIpv6Address: endpoint.GlobalIPv6Address,
      globalIpv6PrefixLength: endpoint.GlobalIPv6PrefixLen,
      ipv6Gateway: endpoint.IPv6Gateway,
      macAddress: endpoint.MacAddress,
    }));
}
