/** What Azure answers of a group: its inputs without any secret, and how its containers are. */
import type Dockerode from "dockerode";
import type { Properties, ResourceState } from "../../kit/types";
import * as read from "../../docker/support/values";
import type { Cloud } from "../cloud/cloud";
import { containerOfLabels, groupFilter } from "./labels";

/** The group's containers on the engine, by name; "" is the holder. Empty where there are none. */
export async function findContainers(
  { engine }: Cloud,
  groupId: string,
): Promise<Map<string, Dockerode.ContainerInspectInfo>> {
  const found = await engine.docker.listContainers({ all: true, filters: groupFilter(groupId) });
  const inspected = await Promise.all(found.map(({ Id }) => engine.docker.getContainer(Id).inspect()));
  return new Map(inspected.map((container) => [containerOfLabels(container.Config.Labels), container]));
}

export function addressOf(found: Map<string, Dockerode.ContainerInspectInfo>): string {
  return found.get("")?.NetworkSettings.Networks.bridge?.IPAddress ?? "";
}

export function groupState(
  id: string,
  inputs: Properties,
  found: Map<string, Dockerode.ContainerInspectInfo>,
): ResourceState {
  const containers = read.objects(inputs, "containers").map((container): Properties => ({
    ...withoutSecrets(container),
    instanceView: instanceView(found.get(read.text(container, "name") ?? "")),
  }));
  const volumes = read.objects(inputs, "volumes").map(withoutKeys);
  return {
    id,
    state: {
      ...inputs,
      ...{ containers, volumes },
      name: read.requiredText(inputs, "containerGroupName"),
      type: "Microsoft.ContainerInstance/containerGroups",
      provisioningState: "Succeeded",
      isCreatedFromStandbyPool: false,
      instanceView: { state: stateOfGroup(found), events: [] },
      ...addressState(inputs, addressOf(found)),
    },
  };
}

function withoutSecrets(container: Properties): Properties {
  const variables = read.objects(container, "environmentVariables").map((variable): Properties => {
    const { secureValue, ...rest } = variable;
    return secureValue === undefined ? variable : rest;
  });
  return { ...container, environmentVariables: variables };
}

function withoutKeys(volume: Properties): Properties {
  const file = read.object(volume, "azureFile");
  const secret = read.object(volume, "secret");
  if (secret) return { ...volume, secret: {} };
  return file
    ? {
        ...volume,
        azureFile: Object.fromEntries(Object.entries(file).filter(([key]) => key !== "storageAccountKey")),
      }
    : volume;
}

function addressState(inputs: Properties, ip: string): Properties {
  const address = read.object(inputs, "ipAddress");
  if (address === undefined) return {};
  const [label, location] = [read.text(address, "dnsNameLabel"), read.requiredText(inputs, "location")];
  return {
    ipAddress: {
      ...address,
      ip,
      ...(label !== undefined && {
        fqdn: `${label}.${location.toLowerCase().replaceAll(" ", "")}.azurecontainer.io`,
      }),
    },
  };
}

function instanceView(container: Dockerode.ContainerInspectInfo | undefined): Properties {
  if (container === undefined) return { restartCount: 0, events: [], currentState: { state: "Waiting" } };
  const { State: now, RestartCount: restartCount } = container;
  const running = { state: "Running", startTime: now.StartedAt };
  const over = {
    state: "Terminated",
    exitCode: now.ExitCode,
    startTime: now.StartedAt,
    finishTime: now.FinishedAt,
  };
  return { restartCount, events: [], currentState: now.Running ? running : over };
}

/** learn.microsoft.com/azure/container-instances/container-state */
export function stateOfGroup(found: Map<string, Dockerode.ContainerInspectInfo>): string {
  const containers = [...found].filter(([name]) => name !== "").map(([, { State: now }]) => now);
  if (containers.length === 0) return "Stopped";
  if (containers.some((now) => now.Running || now.Restarting)) return "Running";
  return containers.every((now) => now.ExitCode === 0) ? "Succeeded" : "Failed";
}
