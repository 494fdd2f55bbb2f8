import Docker from "dockerode";

/** Names of all containers, networks, volumes and images on the engine that contain the given text. */
export interface EngineListing {
  containers: string[];
  networks: string[];
  volumes: string[];
  images: string[];
}

/** What the engine holds whose name contains `text`, sorted. The empty text lists everything. */
export async function listEngine(text: string): Promise<EngineListing> {
  const docker = new Docker();
  const [containers, networks, volumes, images] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listNetworks(),
    docker.listVolumes(),
    docker.listImages(),
  ]);
  const matching = (names: (string | undefined)[]): string[] =>
    names.filter((name): name is string => name?.includes(text) ?? false).sort();
  return {
    containers: matching(containers.map(({ Names }) => Names[0]?.slice(1))),
    networks: matching(networks.map(({ Name }) => Name)),
    volumes: matching(volumes.Volumes.map(({ Name }) => Name)),
    images: matching(
      images.flatMap(({ RepoTags, RepoDigests }) => [...(RepoTags ?? []), ...(RepoDigests ?? [])]),
    ),
  };
}
