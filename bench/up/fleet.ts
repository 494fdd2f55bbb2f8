import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { someSubnet } from "../../test/support/checkout";
import { inGroups } from "../lib/in-groups";

/** An engine of version 20.10 that is asked to remove more at once may lose count of what is on a network. */
const REMOVED_AT_ONCE = 4;
export const MEMORY_MIB = 64;
/** Does nothing, and ends on no signal but SIGKILL: only its start counts. */
export const COMMAND = ["sleep", "infinity"];

/** The same containers on one network for every tool that is to start them. */
export interface Fleet {
  /** Start of all names. */
  prefix: string;
  network: { name: string; subnet: string };
  /** Names. */
  containers: string[];
  /** Image id: nothing is pulled or built. */
  image: string;
}

/** Describes a fleet; makes nothing. */
export async function describeFleet(docker: Docker, image: string, count: number): Promise<Fleet> {
  const prefix = `btest-${randomBytes(3).toString("hex")}`;
  return {
    prefix,
    network: { name: `${prefix}-network`, subnet: someSubnet() },
    containers: Array.from(
      { length: count },
      (_, index) => `${prefix}-${String(index + 1).padStart(3, "0")}`,
    ),
    image: (await docker.getImage(image).inspect()).Id,
  };
}

/** @throws Error naming the containers of the fleet that do not run. */
export async function assertRunning(docker: Docker, fleet: Fleet): Promise<void> {
  const running = new Set((await ofFleet(docker, fleet, ["running"])).flatMap(({ Names }) => Names));
  const missing = fleet.containers.filter((name) => !running.has(`/${name}`));
  if (missing.length > 0) throw new Error(`do not run: ${missing.join(", ")}`);
}

/** Removes the fleet's containers and its network, whoever made them. */
export async function removeFleet(docker: Docker, fleet: Fleet): Promise<void> {
  const containers = await ofFleet(docker, fleet);
  await inGroups(containers, REMOVED_AT_ONCE, ({ Id }) =>
    docker.getContainer(Id).remove({ force: true, v: true }),
  );
  const networks = await docker.listNetworks({ filters: { name: [`^${fleet.network.name}$`] } });
  for (const { Id } of networks) await docker.getNetwork(Id).remove();
}

function ofFleet(docker: Docker, fleet: Fleet, status: string[] = []): Promise<Docker.ContainerInfo[]> {
  return docker.listContainers({ all: true, filters: { name: [`^/${fleet.prefix}-`], status } });
}
