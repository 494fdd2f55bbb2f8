/** docker:index/container:Container on the Engine API. */
import {
  InitializationError,
  type Call,
  type Properties,
  type ResourceDefinition,
  type ResourceState,
} from "../../kit/types";
import { requireApi, type Engine } from "../engine/client";
import { engineMessage, isConflict, isNotFound } from "../engine/errors";
import { ensureImage } from "../engine/pull";
import { chosenByEngine } from "../support/preview";
import { realInputs } from "../support/reality";
import * as read from "../support/values";
import { containerProperties, toCreateRequest } from "./aspects";
import { checkContainer } from "./check";
import { createError } from "./errors";
import { foundInputs, inspectContainer, stateOf } from "./inspect";
import { joinNetworks, settle, upload } from "./run";
import { amendDiff, updateInPlace, WATCHED_LIMITS } from "./update";

/** Official schema: outputs that are there whether or not the program gives them. */
const previewContainer = chosenByEngine([
  ...[
    "command",
    "entrypoints",
    "envs",
    "healthcheck",
    "hostname",
    "init",
    "ipcMode",
    "labels",
    "logDriver",
    "platform",
  ],
  ...["runtime", "securityOpts", "shmSize", "stopSignal", "stopTimeout", "bridge", "networkDatas"],
  ...["containerLogs", "exitCode"],
]);

export const container: ResourceDefinition<Engine> = {
  properties: containerProperties,
  outputs: { bridge: {}, containerLogs: {}, exitCode: {}, networkDatas: {} },
  autoName: "name",
  // Two containers cannot have one name, nor one published port.
  deleteBeforeReplace: true,
  previewOutputs: previewContainer,

  check: (_call, inputs) => checkContainer(inputs),

  diff: (_call, { oldInputs, inputs }, found) => amendDiff(found, oldInputs, inputs),

  async create(call, inputs) {
    const id = await createContainer(call, inputs);
    try {
      call.signal.throwIfAborted();
      await joinNetworks(call.client, id, inputs);
      await upload(call.client, id, inputs);
    } catch (error) {
      await discard(call.client, id);
      throw new Error(`container "${read.text(inputs, "name")}" cannot be made: ${engineMessage(error)}`, {
        cause: error,
      });
    }
    return settleOrDiscard(call, id, inputs);
  },

  async read({ client: engine }, old) {
    const found = await inspectContainer(engine, old.id);
    if (!found) return undefined;
    const inputs = realInputs(
      containerProperties,
      old.inputs,
      await foundInputs(engine, found, old.inputs),
      WATCHED_LIMITS,
    );
    // As the official plugin: a stopped container that must run reads as one that need not, so that `up` starts it again.
    if (mustRun(inputs) && !found.State.Running && !found.State.Restarting) inputs.mustRun = false;
    const logs = read.text(old.state, "containerLogs");
    return { ...stateOf(found, inputs, logs), inputs };
  },

  async update(call, old, inputs) {
    await updateInPlace(call.client, old.id, old.inputs, inputs);
    const found = await inspectContainer(call.client, old.id);
    // A container that may be stopped, and is, stays so.
    const shouldRun = mustRun(inputs) || found?.State.Running === true;
    return (await settle(call, old.id, inputs, shouldRun)).state;
  },

  async delete({ client: engine }, { id, state }) {
    const target = engine.docker.getContainer(id);
    try {
      if (!read.flag(state, "attach")) await target.stop(stopOptions(state)).catch(unlessStopped);
      await target.remove({ force: true, v: read.flag(state, "removeVolumes") ?? true });
    } catch (error) {
      if (isNotFound(error)) return;
      // 409: somebody else is removing it right now, for example the engine because of `rm`.
      if (!isConflict(error))
        throw new Error(`container ${id.slice(0, 12)} cannot be removed: ${engineMessage(error)}`, {
          cause: error,
        });
    }
    await untilRemoved(engine, id);
  },
};

const mustRun = (inputs: Properties): boolean =>
  (read.flag(inputs, "mustRun") ?? true) &&
  (read.flag(inputs, "start") ?? true) &&
  !read.flag(inputs, "attach");

async function createContainer(call: Call<Engine>, inputs: Properties): Promise<string> {
  const { client: engine, signal } = call;
  const name = read.requiredText(inputs, "name");
  refuseNewerProperties(engine, inputs);
  await ensureImage(engine, read.requiredText(inputs, "image"), {
    platform: read.filledText(inputs, "platform"),
    signal,
    onStatus: (line) => call.logStatus(line),
  });
  // A deployment that is over, its engine perhaps killed, must not go on making what nobody will remember.
  signal.throwIfAborted();
  try {
    return (await engine.docker.createContainer(toCreateRequest(inputs))).id;
  } catch (error) {
    throw await createError(engine, name, error);
  }
}

function refuseNewerProperties(engine: Engine, inputs: Properties): void {
  const subpath = read
    .objects(inputs, "mounts")
    .some((mount) => read.object(mount, "volumeOptions")?.subpath);
  if (subpath) requireApi(engine, "1.45", "mounts[].volumeOptions.subpath");
  const interval = read.filledText(read.object(inputs, "healthcheck") ?? {}, "startInterval");
  if (interval && interval !== "0s") requireApi(engine, "1.44", "healthcheck.startInterval");
}

/**
 * A container that cannot even start is no use: without it the next deployment begins anew. One that runs, or ran, is kept
 * in the state whatever went wrong after that, so that nobody has to look for it.
 */
async function settleOrDiscard(call: Call<Engine>, id: string, inputs: Properties): Promise<ResourceState> {
  try {
    return await settle(call, id, inputs, read.flag(inputs, "start") ?? true);
  } catch (error) {
    if (error instanceof InitializationError) throw error;
    const found = await inspectContainer(call.client, id);
    if (found && found.State.Status !== "created") {
      throw new InitializationError(stateOf(found, inputs), [engineMessage(error)]);
    }
    if (found) await discard(call.client, id);
    throw error;
  }
}

async function discard(engine: Engine, id: string): Promise<void> {
  await engine.docker.getContainer(id).remove({ force: true, v: true });
}

/**
 * Without any grace the official plugin kills at once. So does this one, unless the container has a stop timeout of its
 * own: then that is how long it needs to end cleanly.
 */
function stopOptions(state: Properties): { t?: number } {
  const graceSeconds = read.number(state, "destroyGraceSeconds") ?? 0;
  return graceSeconds > 0 || !read.number(state, "stopTimeout") ? { t: graceSeconds } : {};
}

function unlessStopped(error: unknown): void {
  if ((error as { statusCode?: number }).statusCode !== 304) throw error;
}

async function untilRemoved(engine: Engine, id: string): Promise<void> {
  try {
    await engine.docker.getContainer(id).wait({ condition: "removed" });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
