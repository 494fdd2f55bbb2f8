import type Docker from "dockerode";

/** What became of the images that developers built through the gateway. */
export interface RemovedImages {
  removed: number;
  /** Names, or ids where they have none, of those that a container of somebody else stands on. */
  kept: string[];
}

/** As the gateway tags: `<name>:dev-<developer id>-<tag>`. What was promoted has further names, which are its registry's and stay. */
const OWN_TAG = /^[^/]+:dev-[a-z0-9]+-/;
const NO_NAME = /^<none>/;

/**
 * Removes what developers built through the gateway in one environment, stages that were only copied from and layers between included.
 * The gateway alone puts these labels on images.
 * @param label value of berth.stack: `<prefix>-<environment>`.
 */
export async function removeDeveloperImages(docker: Docker, label: string): Promise<RemovedImages> {
  const before = new Set((await labelled(docker, label)).map(({ Id }) => Id));
  // An image goes after those that were built on it.
  for (let left = before.size; ;) {
    for (const image of await labelled(docker, label)) await removeImage(docker, image);
    const now = (await labelled(docker, label)).length;
    if (now === 0 || now >= left) break;
    left = now;
  }
  const left = await labelled(docker, label);
  const kept = left
    .filter((image) => namesOf(image).every((name) => OWN_TAG.test(name)))
    .map((image) => namesOf(image)[0] ?? image.Id);
  return { removed: before.size - left.length, kept: kept.sort() };
}

function labelled(docker: Docker, label: string): Promise<Docker.ImageInfo[]> {
  return docker.listImages({ filters: { label: [`berth.stack=${label}`] } });
}

function namesOf({ RepoTags, RepoDigests }: Docker.ImageInfo): string[] {
  return [...(RepoTags ?? []), ...(RepoDigests ?? [])].filter((name) => !NO_NAME.test(name));
}

async function removeImage(docker: Docker, image: Docker.ImageInfo): Promise<void> {
  const names = namesOf(image);
  const going = names.length === 0 ? [image.Id] : names.filter((name) => OWN_TAG.test(name));
  for (const name of going) {
    try {
      await docker.getImage(name).remove();
    } catch (error) {
      const status = (error as { statusCode?: number }).statusCode;
      // 404: it went with another; 409: something stands on it, which may go in the next round.
      if (status !== 404 && status !== 409) throw error;
    }
  }
}
