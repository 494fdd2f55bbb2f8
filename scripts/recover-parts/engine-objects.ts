import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { z } from "zod";
import { configure } from "../../plugins/docker/provider-config";
import { ConfigFile } from "../lib/config-file";
import type { Environment } from "../../policy/rules";
import { stackName, SHARED_OWNER } from "../../spec/names";
import { WORKSPACE_LABEL } from "../../spec/workspace/container";
import { resourcesOf, type Exported } from "./deployment";

const CONTAINER = "docker:index/container:Container";
const NETWORK = "docker:index/network:Network";

/** A container or a network of a stack on the engine. */
export interface EngineObject {
  kind: "container" | "network";
  id: string;
  name: string;
}

/** How long containers that are just being removed may hold their network. */
const NETWORK_WAIT_MS = 15_000;
const POLL_MS = 250;

const engineSetting = z.object({ host: z.string().optional(), certPath: z.string().optional() }).catch({});

/** The engine that a stack's resources are on, as its provider in the state says; before there is one, as the config says. */
export async function engineOf(environment: Environment, exported: Exported): Promise<Docker> {
  const provider = resourcesOf(exported).find(({ type }) => type === "pulumi:providers:docker");
  const { engine } = ConfigFile.read(environment).values() as { engine?: object };
  const setting = engineSetting.parse(provider?.inputs ?? engine ?? {});
  const { docker } = await configure({ ...setting });
  return docker;
}

/** The value of the label berth.stack on everything that this environment's stack makes. */
export function stackLabel(environment: Environment): string {
  const { namePrefix } = ConfigFile.read(environment).values();
  return stackName({ prefix: typeof namePrefix === "string" ? namePrefix : "berth", environment });
}

/**
 * The containers and networks of a stack: those that carry its label and have a name of its form, so that a label somebody copied
 * is not enough. Volumes are none of these: they hold data, and the next `up` takes them back by their name. Nor is what developers
 * made through the gateway, which no stack ever knows, nor a workspace, which has a stack of its own.
 */
export async function objectsOf(docker: Docker, label: string): Promise<EngineObject[]> {
  const filters = { label: [`berth.stack=${label}`] };
  const [containers, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
  ]);
  const all: EngineObject[] = [
    ...containers.filter(isOfStack).map(({ Id, Names }) => ({
      kind: "container" as const,
      id: Id,
      name: Names[0]?.replace(/^\//, "") ?? "",
    })),
    ...networks.filter(isOfStack).map(({ Id, Name }) => ({ kind: "network" as const, id: Id, name: Name })),
  ];
  return all.filter(({ name }) => name.startsWith(`${label}-`));
}

const isOfStack = ({ Labels: labels }: { Labels?: Record<string, string> }): boolean =>
  (labels?.["berth.via"] !== "gateway" || labels["berth.owner"] === SHARED_OWNER) &&
  labels?.[WORKSPACE_LABEL] === undefined;

/** Those that the stack's state does not know: nobody else would ever remove them, and they have the names that `up` needs. */
export function orphansAmong(objects: EngineObject[], exported: Exported): EngineObject[] {
  const known = new Set(
    resourcesOf(exported)
      .filter(({ type }) => type === CONTAINER || type === NETWORK)
      .map(({ id }) => id),
  );
  return objects.filter(({ id }) => !known.has(id));
}

/** The objects that these resources of the state are. */
export function objectsAmong(objects: EngineObject[], ids: Set<string | undefined>): EngineObject[] {
  return objects.filter(({ id }) => ids.has(id));
}

/** Removes containers, then networks. @throws Error naming the network that something else still uses. */
export async function removeObjects(docker: Docker, objects: EngineObject[]): Promise<void> {
  await Promise.all(
    objects.filter(({ kind }) => kind === "container").map(({ id }) => removeContainer(docker, id)),
  );
  for (const network of objects.filter(({ kind }) => kind === "network"))
    await removeNetwork(docker, network);
}

const statusOf = (error: unknown): number | undefined => (error as { statusCode?: number }).statusCode;

/** Lets it end cleanly first: a database that is killed has to repair itself at its next start. */
async function removeContainer(docker: Docker, id: string): Promise<void> {
  const container = docker.getContainer(id);
  try {
    await container.stop();
  } catch (error) {
    // 304: it is stopped; 404: it is gone.
    if (statusOf(error) !== 304 && statusOf(error) !== 404) throw error;
  }
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    // 409: the killed run's removal is still under way.
    if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
  }
  await untilGone(() => container.inspect());
}

async function untilGone(inspect: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await inspect();
    } catch (error) {
      if (statusOf(error) === 404) return;
      throw error;
    }
    await sleep(POLL_MS);
  }
}

async function removeNetwork(docker: Docker, { id, name }: EngineObject): Promise<void> {
  const deadline = Date.now() + NETWORK_WAIT_MS;
  for (;;) {
    try {
      await docker.getNetwork(id).remove();
      return;
    } catch (error) {
      if (statusOf(error) === 404) return;
      if (Date.now() > deadline) throw await inUse(docker, id, name, error as Error);
      await sleep(POLL_MS);
    }
  }
}

async function inUse(docker: Docker, id: string, name: string, error: Error): Promise<Error> {
  const { Containers: containers } = (await docker.getNetwork(id).inspect()) as {
    Containers?: Record<string, { Name: string }>;
  };
  const users = Object.values(containers ?? {}).map((user) => user.Name);
  return new Error(
    `network ${name}, which the state does not know, cannot be removed: ${users.join(", ") || error.message}` +
      `${users.length > 0 ? " of somebody else is connected to it: disconnect it" : ""}, then run this again`,
    { cause: error },
  );
}
