/** Bringing a created container to where its inputs want it: connected, filled, started, healthy. */
import { InitializationError, type Call, type Properties, type ResourceState } from "../../kit/types";
import type { Engine } from "../engine/client";
import { engineMessage } from "../engine/errors";
import * as read from "../support/values";
import { networksToJoin } from "./aspects/networks";
import { packUploads } from "./aspects/uploads";
import { startError } from "./errors";
import { UnhealthyError, waitUntilHealthy } from "./health";
import { inspectContainer, stateOf } from "./inspect";
import { containerLogs } from "./logs";

/** @throws Error naming the network that cannot be joined. */
export async function joinNetworks(engine: Engine, id: string, inputs: Properties): Promise<void> {
  const networks = networksToJoin(inputs);
  const mode = read.filledText(inputs, "networkMode") ?? "bridge";
  // As the official plugin: with networks of its own, the container leaves the default one.
  if (networks.length > 0 && mode === "bridge") {
    await engine.docker.getNetwork("bridge").disconnect({ Container: id });
  }
  for (const { name, endpoint } of networks) {
    try {
      await engine.docker.getNetwork(name).connect({ Container: id, EndpointConfig: endpoint });
    } catch (error) {
      throw new Error(`network "${name}" cannot be joined: ${engineMessage(error)}.`, { cause: error });
    }
  }
}

/** @throws Error naming what cannot be uploaded, and the read-only root as its usual reason. */
export async function upload(engine: Engine, id: string, inputs: Properties): Promise<void> {
  const archive = await packUploads(inputs);
  if (!archive) return;
  try {
    await engine.docker.getContainer(id).putArchive(archive, { path: "/" });
  } catch (error) {
    const message = engineMessage(error);
    const hint = /read-only/i.test(message)
      ? ` The engine cannot upload into a container with "readOnly": mount a volume.`
      : "";
    throw new Error(`uploads cannot be put into the container: ${message}.${hint}`, { cause: error });
  }
}

/**
 * Starts it where it should run and does not, waits for health and end as asked, and tells its state.
 * @param shouldRun false for a container that is only created, or may stay stopped.
 * @throws InitializationError when it does not become healthy: it exists, and the engine must keep it in the state.
 */
export async function settle(
  call: Call<Engine>,
  id: string,
  inputs: Properties,
  shouldRun: boolean,
): Promise<ResourceState> {
  const { client: engine, signal } = call;
  const name = read.requiredText(inputs, "name");
  let logs: string | undefined;
  if (shouldRun) {
    signal.throwIfAborted();
    await start(engine, id, name);
    await waitForHealth(call, id, inputs);
    if (read.flag(inputs, "attach")) {
      await engine.docker.getContainer(id).wait({ condition: "not-running", abortSignal: signal });
      if (read.flag(inputs, "logs"))
        logs = await containerLogs(engine, id, read.flag(inputs, "tty") ?? false);
    }
  }
  const found = await inspectContainer(engine, id);
  if (!found)
    throw new Error(`container "${name}" was removed as soon as it was made${removedHint(inputs)}.`);
  return stateOf(found, inputs, logs);
}

const removedHint = (inputs: Properties): string =>
  read.flag(inputs, "rm")
    ? `: it ended, and "rm" removes it then. Remove "rm", or use attach without it`
    : "";

async function start(engine: Engine, id: string, name: string): Promise<void> {
  try {
    await engine.docker.getContainer(id).start();
  } catch (error) {
    // 304: it runs already.
    if ((error as { statusCode?: number }).statusCode !== 304) throw await startError(engine, name, error);
  }
}

async function waitForHealth(call: Call<Engine>, id: string, inputs: Properties): Promise<void> {
  if (!read.flag(inputs, "wait")) return;
  const { client: engine, signal } = call;
  try {
    await waitUntilHealthy(engine, id, {
      timeoutSeconds: read.number(inputs, "waitTimeout") ?? 60,
      signal,
      onStatus: (line) => call.logStatus(line),
    });
  } catch (error) {
    const found = error instanceof UnhealthyError ? await inspectContainer(engine, id) : undefined;
    if (!found) throw error;
    throw new InitializationError(stateOf(found, inputs), [(error as Error).message]);
  }
}
