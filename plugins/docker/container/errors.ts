/** Why the engine will not make or start a container, with the names of what is in the way. */
import type Dockerode from "dockerode";
import type { Engine } from "../engine/client";
import { engineMessage, isConflict } from "../engine/errors";
import { inspectContainer } from "./inspect";

export async function createError(engine: Engine, name: string, error: unknown): Promise<Error> {
  const start = `container "${name}" cannot be created at ${engine.host}: `;
  const holder = isConflict(error) ? await inspectContainer(engine, name) : undefined;
  if (!holder) return new Error(`${start}${engineMessage(error)}.`, { cause: error });
  return new Error(
    `${start}the name is taken by container ${holder.Id.slice(0, 12)} (image ${holder.Config.Image}, ` +
      `${holder.State.Status}). Import it (pulumi import docker:index/container:Container <name> ${holder.Id}), ` +
      `remove it (docker rm -f ${name}), or choose another name.`,
    { cause: error },
  );
}

export async function startError(engine: Engine, name: string, error: unknown): Promise<Error> {
  const message = engineMessage(error);
  const port = /(?:port is already allocated|address already in use)/i.test(message)
    ? /(?:[\d.]+|\[?::\]?):(\d+)/.exec(message)?.[1]
    : undefined;
  const holder = port ? await publisherOf(engine, Number(port)) : undefined;
  const hint = port
    ? ` Port ${port} is in use${holder ? ` by container ${holder}` : ` by something on the host`}: free it, or publish another.`
    : "";
  return new Error(`container "${name}" cannot be started at ${engine.host}: ${message}.${hint}`, {
    cause: error,
  });
}

async function publisherOf(engine: Engine, port: number): Promise<string | undefined> {
  const running: Dockerode.ContainerInfo[] = await engine.docker.listContainers();
  return running
    .find((container) => container.Ports.some(({ PublicPort }) => PublicPort === port))
    ?.Names[0]?.replace(/^\//, "");
}
