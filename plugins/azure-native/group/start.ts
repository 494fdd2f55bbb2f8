/** A group's containers: one that holds the network, and the others in it. */
import type Dockerode from "dockerode";
import type { Call, Properties } from "../../kit/types";
import { engineMessage } from "../../docker/engine/errors";
import * as read from "../../docker/support/values";
import type { Cloud } from "../cloud/cloud";
import { imageIdOf } from "./images";
import { groupLabels, HOLDER, objectName } from "./labels";
import { containersOf, volumesOf, type GroupContainer } from "./model";
import { holderPath, makeVolumes, mountsOf, secretArchive, type VolumeNames } from "./volumes";

const RESTART = { Always: "always", OnFailure: "on-failure", Never: "no" } as const;

/** Ends at once when it is told to. */
const WAIT = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"];

/** @throws Error naming the container and what the engine said; what was made until then is for the caller to remove. */
export async function startGroup(call: Call<Cloud>, id: string, inputs: Properties): Promise<void> {
  const group = { id, name: read.requiredText(inputs, "containerGroupName") };
  const containers = containersOf(inputs);
  const images: string[] = [];
  for (const container of containers) images.push(await imageIdOf(call, inputs, container));
  call.signal.throwIfAborted();
  const volumes = volumesOf(inputs);
  const names = await makeVolumes(call.client, group, volumes);
  const holder = await startHolder(call, group, images[0] ?? "", inputs, names);
  for (const [index, container] of containers.entries()) {
    call.signal.throwIfAborted();
    const made = await create(call.client, objectName(group.name, container.name), {
      ...containerSettings(container),
      Image: images[index],
      Labels: groupLabels(id, container.name),
      HostConfig: {
        ...limits(container),
        NetworkMode: `container:${holder}`,
        Mounts: mountsOf(container, volumes, names),
        RestartPolicy: {
          Name: RESTART[(read.text(inputs, "restartPolicy") ?? "Always") as keyof typeof RESTART],
        },
      },
    });
    await start(made, container.name);
  }
}

async function startHolder(
  call: Call<Cloud>,
  group: { id: string; name: string },
  image: string,
  inputs: Properties,
  names: VolumeNames,
): Promise<string> {
  const secrets = volumesOf(inputs).filter(({ secret }) => secret !== undefined);
  const container = await create(call.client, objectName(group.name, HOLDER), {
    Image: image,
    Entrypoint: WAIT,
    Cmd: [],
    User: "0",
    Healthcheck: { Test: ["NONE"] },
    Hostname: group.name,
    Labels: groupLabels(group.id),
    HostConfig: {
      Memory: 64 * 1024 ** 2,
      Mounts: secrets.map((volume) => ({
        Type: "volume",
        Source: names.get(volume.name) ?? "",
        Target: holderPath(volume),
      })),
      RestartPolicy: { Name: "no" },
    },
  });
  await start(container, HOLDER);
  for (const volume of secrets)
    await container.putArchive(secretArchive(volume.secret ?? {}), { path: holderPath(volume) });
  return container.id;
}

/** Azure's command takes the place of the image's entrypoint and command. Its health check is not Azure's. */
function containerSettings({ command, variables }: GroupContainer): Dockerode.ContainerCreateOptions {
  return {
    ...(command.length > 0 && { Entrypoint: command, Cmd: [] }),
    Env: variables.map(({ name, value, secureValue }) => `${name}=${secureValue ?? value ?? ""}`),
    Healthcheck: { Test: ["NONE"] },
  };
}

function limits({ limitCpus, limitMemoryGb }: GroupContainer): Dockerode.HostConfig {
  const memory = Math.round(limitMemoryGb * 1024 ** 3);
  return { NanoCpus: Math.round(limitCpus * 1e9), Memory: memory, MemorySwap: memory };
}

async function create(
  { engine }: Cloud,
  name: string,
  settings: Dockerode.ContainerCreateOptions,
): Promise<Dockerode.Container> {
  try {
    return await engine.docker.createContainer({ name, ...settings });
  } catch (error) {
    throw new Error(`container ${name} cannot be made: ${engineMessage(error)}`, { cause: error });
  }
}

async function start(container: Dockerode.Container, name: string): Promise<void> {
  try {
    await container.start();
  } catch (error) {
    throw new Error(`container ${name} cannot start: ${engineMessage(error)}`, { cause: error });
  }
}
