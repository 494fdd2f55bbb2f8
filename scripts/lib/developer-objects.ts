import type Docker from "dockerode";
import { SHARED_OWNER } from "../../spec/names";

/** The label that the gateway puts on all that a developer makes through it. */
export const VIA_GATEWAY = "berth.via=gateway";

/** What developers made through the gateway in one environment. */
export interface DeveloperObjects {
  containers: { id: string; name: string }[];
  networks: { id: string; name: string }[];
  volumes: string[];
}

/** @param label value of berth.stack: `<prefix>-<environment>`. */
export async function developerObjects(docker: Docker, label: string): Promise<DeveloperObjects> {
  const filters = { label: [VIA_GATEWAY, `berth.stack=${label}`] };
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return {
    // An image that was built through the gateway hands its labels on to containers of a stack, which say whose they are.
    containers: containers
      .filter(({ Labels }) => Labels["berth.owner"] !== SHARED_OWNER)
      .map(({ Id, Names }) => ({ id: Id, name: Names[0]?.replace(/^\//, "") ?? Id })),
    networks: networks.map(({ Id, Name }) => ({ id: Id, name: Name })),
    volumes: volumes.map(({ Name }) => Name),
  };
}

/**
 * For what takes an environment's network away: containers of developers are on it, and what is in them and on no volume goes with them.
 * @throws Error naming them, unless the operator said that they may go.
 */
export function refuseUnlessAllowed({ containers }: DeveloperObjects, verb: string): void {
  if (containers.length === 0 || process.env.DEVELOPERS === "remove") return;
  const names = containers.map(({ name }) => name).sort();
  throw new Error(
    `${names.length} containers of developers run here: ${names.join(", ")}. Let their owners remove them, ` +
      `or run 'make ${verb} DEVELOPERS=remove', which removes these containers`,
  );
}

/** Removes containers and networks, and volumes too where all is to go. */
export async function removeDeveloperObjects(
  docker: Docker,
  { containers, networks, volumes }: DeveloperObjects,
  { withVolumes }: { withVolumes: boolean },
): Promise<void> {
  await Promise.all(
    containers.map(({ id }) => docker.getContainer(id).remove({ force: true, v: withVolumes })),
  );
  await Promise.all(networks.map(({ id }) => docker.getNetwork(id).remove()));
  if (!withVolumes) return;
  // Volumes without a name have gone with their containers.
  const { Volumes: left } = await docker.listVolumes();
  const names = new Set(left.map(({ Name }) => Name));
  await Promise.all(volumes.filter((name) => names.has(name)).map((name) => docker.getVolume(name).remove()));
}
