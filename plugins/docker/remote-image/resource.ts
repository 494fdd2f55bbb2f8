/** docker:index/remoteImage:RemoteImage: an image of a registry, present on the engine. */
import type Dockerode from "dockerode";
import type { Properties, PropertySpec, ResourceDefinition, ResourceState } from "../../kit/types";
import type { Engine } from "../engine/client";
import { engineMessage, isNotFound } from "../engine/errors";
import { ensureImage, inspectImage, pullImage, type PullOptions } from "../engine/pull";
import { refuseBuild } from "../support/refuse-build";
import { repoDigestOf } from "../support/repo-digest";
import * as spec from "../support/spec";
import * as read from "../support/values";

/** Official package schema. */
export const remoteImageProperties: Record<string, PropertySpec> = {
  ...spec.replacing({
    name: spec.text({ required: true }),
    platform: spec.text({ default: "" }),
    pullTriggers: spec.textSet(),
    triggers: spec.textMap(),
  }),
  build: { type: "object" },
  forceRemove: spec.flag(),
  keepLocally: spec.flag(),
};

const ID = /^sha256:[0-9a-f]{64}(?=.)/;

export const remoteImage: ResourceDefinition<Engine> = {
  properties: remoteImageProperties,
  outputs: { imageId: {}, repoDigest: {} },
  // The other way round, the old resource's end would remove the image that the new one has just pulled.
  deleteBeforeReplace: true,

  check: (_call, inputs) => ({ inputs, failures: refuseBuild(inputs) }),

  async create({ client: engine, signal, ...call }, inputs) {
    const name = read.requiredText(inputs, "name");
    const options: PullOptions = {
      platform: read.filledText(inputs, "platform"),
      signal,
      onStatus: (line) => call.logStatus(line),
    };
    // A trigger asks for the newest image of this name, whatever is here; keepLocally may have kept an older one.
    if (read.list(inputs, "pullTriggers").length > 0) await pullImage(engine, name, options);
    return stateOf(name, await ensureImage(engine, name, options), inputs);
  },

  async read({ client: engine }, old) {
    const imported = Object.keys(old.inputs).length === 0;
    const inputs = imported ? { name: old.id.replace(ID, ""), platform: "" } : old.inputs;
    const name = read.requiredText(inputs, "name");
    const found = await inspectImage(engine, name);
    return found && { ...stateOf(name, found, inputs), inputs };
  },

  update: (_call, old, inputs) => Promise.resolve({ ...old.state, ...inputs }),

  async delete({ client: engine }, { state }) {
    if (read.flag(state, "keepLocally")) return;
    const name = read.requiredText(state, "name");
    try {
      await engine.docker.getImage(name).remove({ force: read.flag(state, "forceRemove") ?? false });
    } catch (error) {
      if (!isNotFound(error)) throw await removeError(engine, name, error);
    }
  },
};

function stateOf(name: string, found: Dockerode.ImageInspectInfo, inputs: Properties): ResourceState {
  return {
    id: found.Id + name,
    state: { ...inputs, imageId: found.Id, repoDigest: repoDigestOf(name, found) },
  };
}

async function removeError(engine: Engine, name: string, error: unknown): Promise<Error> {
  const users = await engine.docker.listContainers({ all: true, filters: { ancestor: [name] } });
  const names = users.flatMap((user) => user.Names.map((path) => path.replace(/^\//, ""))).sort();
  const hint = names.length > 0 ? ` Used by containers: ${names.join(", ")}.` : "";
  return new Error(
    `image "${name}" at ${engine.host} cannot be removed: ${engineMessage(error)}.${hint} ` +
      `Remove them first, or set forceRemove or keepLocally.`,
    { cause: error },
  );
}
