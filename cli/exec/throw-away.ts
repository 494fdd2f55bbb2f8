import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import { packFiles, type ContainerFile } from "../driver/container-file";
import { isAbsent, isConflict } from "../engine/failure";

/** What a container is told by that one command made for itself. */
export const THROW_AWAY_LABEL = "org.berth.throw-away";

/**
 * The container's first process: it waits for the end of its standard input, which the engine closes when this process's connection
 * ends, however that comes about. It goes, all that was started in the container goes, and the engine removes the rest.
 */
const HOLDER = ["/bin/sh", "-c", "read -r _"];

/** A command that was killed at the wrong moment leaves one that was never started; younger ones may be on their way. */
const LEFT_AFTER_SECONDS = 60;
const REMOVED_WITHIN_MS = 10_000;

/** What a throw-away container is made of. */
export interface ThrowAway {
  /** Start of its name. */
  name: string;
  /** Image, user, environment, labels and limits. */
  body: Docker.ContainerCreateOptions;
  files?: readonly ContainerFile[];
  /** End of its name; something random where absent. */
  id?: string;
}

/** A running throw-away container. */
export interface Made {
  container: Docker.Container;
  /** Removes it with its volumes, and waits until it is gone. */
  remove: () => Promise<void>;
}

/** Makes and starts a container that lives no longer than this process. @throws Failure, with nothing left. */
export async function makeThrowAway(engine: Docker, wanted: ThrowAway): Promise<Made> {
  await removeLeftOvers(engine);
  const container = await engine.createContainer(throwAwayBody(wanted));
  try {
    if (wanted.files?.length) await container.putArchive(await packFiles(wanted.files), { path: "/" });
    const line = await holdInput(container);
    await container.start();
    return { container, remove: () => removed(container).finally(() => line.destroy()) };
  } catch (error) {
    await removed(container);
    throw error;
  }
}

/** Makes a container that lives as long as `use`, and no longer than this process. @throws Failure, and what `use` throws. */
export async function withThrowAway<Result>(
  engine: Docker,
  wanted: ThrowAway,
  use: (container: Docker.Container) => Promise<Result>,
): Promise<Result> {
  const { container, remove } = await makeThrowAway(engine, wanted);
  try {
    return await use(container);
  } finally {
    await remove();
  }
}

/**
 * Holds the container's standard input: the engine closes it when this connection ends, which it notices only where the output is
 * attached too (Docker Engine API, ContainerAttach).
 */
async function holdInput(container: Docker.Container): Promise<Duplex> {
  // With `stdin` beside them dockerode never ends a request that the engine refuses, see startHijacked.
  const options = { hijack: true, _query: { stream: true, stdin: true, stdout: true }, _body: {} };
  const line = (await container.attach(options)) as Duplex;
  line.on("error", () => undefined);
  return line.resume();
}

/** The create request of a throw-away container; pure but for its name. */
export function throwAwayBody({ name, body, id }: ThrowAway): Docker.ContainerCreateOptions {
  return {
    ...body,
    name: `${name}-${id ?? randomBytes(4).toString("hex")}`,
    ...{ Entrypoint: HOLDER, Cmd: [], OpenStdin: true, StdinOnce: true, AttachStdin: true },
    Healthcheck: { Test: ["NONE"] },
    Labels: { ...body.Labels, [THROW_AWAY_LABEL]: name },
    HostConfig: { ...body.HostConfig, RestartPolicy: { Name: "no" }, AutoRemove: true },
  };
}

/** Removes what killed commands have left: never started, or ended and not removed. */
export async function removeLeftOvers(engine: Docker, nowMs = Date.now()): Promise<void> {
  const found = await engine.listContainers({
    all: true,
    filters: { label: [THROW_AWAY_LABEL], status: ["created", "exited", "dead"] },
  });
  const left = found.filter(({ Created }) => nowMs / 1000 - Created > LEFT_AFTER_SECONDS);
  await Promise.all(left.map(({ Id }) => removed(engine.getContainer(Id))));
}

/** Removes a container, and waits until it is gone: the engine may be at it already. */
async function removed(container: Docker.Container): Promise<void> {
  const deadline = Date.now() + REMOVED_WITHIN_MS;
  while (Date.now() < deadline) {
    try {
      await container.remove({ force: true, v: true });
    } catch (error) {
      if (isAbsent(error)) return;
      if (!isConflict(error)) throw error;
    }
    await sleep(50);
  }
}
