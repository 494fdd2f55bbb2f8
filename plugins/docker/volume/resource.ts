/** docker:index/volume:Volume on the Engine API. */
import type Dockerode from "dockerode";
import type { Call, Properties, ResourceDefinition, ResourceState } from "../../kit/types";
import type { Engine } from "../engine/client";
import { engineMessage, isConflict, isNotFound } from "../engine/errors";
import { describes } from "../support/describes";
import { chosenByEngine } from "../support/preview";
import { realInputs } from "../support/reality";
import { retry } from "../support/retry";
import { schemaVersion } from "../support/schema-version";
import * as read from "../support/values";
import { fromVolume, toVolumeRequest, volumeProperties } from "./mapping";

/** A container that is just being removed still holds its volume for a moment. The official plugin waits up to 30 s. */
const REMOVE_LIMIT_MS = 10_000;

export const volume: ResourceDefinition<Engine> = {
  properties: volumeProperties,
  outputs: { mountpoint: {} },
  autoName: "name",
  // A volume is its name: made before the old one goes, the "new" one would be the old one, and deleted with it.
  deleteBeforeReplace: true,
  previewOutputs: chosenByEngine(["driver", "mountpoint"]),

  check(_call, inputs) {
    const failures = inputs.cluster
      ? [
          {
            property: "cluster",
            reason: "cluster volumes need a swarm, which this stand-in plugin does not manage; remove it",
          },
        ]
      : [];
    return { inputs, failures };
  },

  async create(call, inputs) {
    const { client: engine } = call;
    const name = read.requiredText(inputs, "name");
    const existing = await inspectVolume(engine, name);
    if (existing) adopt(call, inputs, existing);
    try {
      await engine.docker.createVolume(toVolumeRequest(inputs));
    } catch (error) {
      throw new Error(`volume "${name}" cannot be created at ${engine.host}: ${engineMessage(error)}.`, {
        cause: error,
      });
    }
    return stateOf(await engine.docker.getVolume(name).inspect(), inputs);
  },

  async read({ client: engine }, old) {
    const found = await inspectVolume(engine, old.id);
    if (!found) return undefined;
    // Of a known volume nothing can have changed; one that was adopted with other labels must not be replaced for them,
    // because that would delete its data.
    const imported = Object.keys(old.inputs).length === 0;
    const inputs = imported ? realInputs(volumeProperties, {}, fromVolume(found)) : old.inputs;
    return { ...stateOf(found, inputs), inputs };
  },

  async delete({ client: engine, signal }, { id }) {
    try {
      await retry(() => engine.docker.getVolume(id).remove({ force: true }) as Promise<unknown>, {
        limitMs: REMOVE_LIMIT_MS,
        intervalMs: 500,
        signal,
        retriable: isConflict,
      });
    } catch (error) {
      if (!isNotFound(error)) throw await removeError(engine, id, error);
    }
  },
};

/** As with the official plugin, a volume that is already there is taken over with its data; here with a word about it. */
function adopt(call: Call<Engine>, inputs: Properties, existing: Dockerode.VolumeInspectInfo): void {
  const found = fromVolume(existing);
  const differing = ["driver", "labels", "driverOpts"].filter(
    (name) => inputs[name] !== undefined && !describes(inputs[name], found[name], volumeProperties[name]),
  );
  const note = `volume "${existing.Name}" exists and is used as it is, with its data`;
  if (differing.length === 0) call.log("info", `${note}.`);
  else
    call.log(
      "warning",
      `${note}; its ${differing.join(", ")} differ and stay, because volumes cannot be changed.`,
    );
}

async function inspectVolume(engine: Engine, name: string): Promise<Dockerode.VolumeInspectInfo | undefined> {
  try {
    return await engine.docker.getVolume(name).inspect();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function stateOf(found: Dockerode.VolumeInspectInfo, inputs: Properties): ResourceState {
  return {
    id: found.Name,
    state: {
      ...schemaVersion(1),
      ...inputs,
      name: found.Name,
      driver: found.Driver,
      mountpoint: found.Mountpoint,
    },
  };
}

async function removeError(engine: Engine, name: string, error: unknown): Promise<Error> {
  const users = await engine.docker.listContainers({ all: true, filters: { volume: [name] } });
  const names = users.flatMap((user) => user.Names.map((path) => path.replace(/^\//, ""))).sort();
  const hint = names.length > 0 ? ` Used by containers: ${names.join(", ")}; remove them first.` : "";
  return new Error(`volume "${name}" at ${engine.host} cannot be removed: ${engineMessage(error)}.${hint}`, {
    cause: error,
  });
}
