import type Docker from "dockerode";
import type { Environment } from "../../policy/rules";
import { ConfigFile } from "./config-file";
import { connectStackEngine } from "./stack-engine";
import { devSettings, devScope } from "../promote-parts/dev-settings";
import { selectApps } from "../promote-parts/selection";
import { devImageName } from "../../spec/names";
import type { StackResource } from "./stack";

/** Outputs that name an image on the engine, by the resource's type. */
const NAMES: Record<string, string> = {
  "docker:index/image:Image": "imageName",
  "docker:index/remoteImage:RemoteImage": "name",
};

/**
 * Removes the images that a stack built or pulled: deleting their resources leaves them on the engine, as the official plugin does.
 * For dev those of `make build` too, elsewhere those that were pulled before a promotion. What another stack or container still uses is
 * kept, and said.
 */
export async function removeStackImages(environment: Environment, resources: StackResource[]): Promise<void> {
  const { docker } = await connectStackEngine(environment);
  const named = resources.flatMap(({ type, outputs }) => {
    const name = outputs?.[NAMES[type] ?? ""];
    return typeof name === "string" ? [name] : [];
  });
  const built = environment === "dev" ? await builtForPromotion(docker) : [];
  const earlier = await pulledEarlier(docker, named);
  for (const image of new Set([...named, ...built, ...earlier])) await remove(docker, image);
}

/** Other digests of the same repositories, of which no container was made: an `up` after a promotion leaves the one before. */
async function pulledEarlier(docker: Docker, named: string[]): Promise<string[]> {
  const repositories = new Set(named.flatMap((name) => (name.includes("@") ? [name.split("@")[0]] : [])));
  const inUse = new Set((await docker.listContainers({ all: true })).map(({ ImageID }) => ImageID));
  const digests = (await docker.listImages()).flatMap(({ Id, RepoDigests }) =>
    inUse.has(Id) ? [] : (RepoDigests ?? []),
  );
  return digests.filter((name) => repositories.has(name.split("@")[0]));
}

/** Every tag that `make build` gave an app of dev. */
async function builtForPromotion(docker: Docker): Promise<string[]> {
  const file = ConfigFile.read("dev");
  if (file.apps().length === 0) return [];
  const scope = devScope(devSettings(file));
  const starts = selectApps("all", file.apps()).map(({ manifest }) =>
    devImageName(scope, { app: manifest.name }, ""),
  );
  const tags = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  return tags.filter((tag) => starts.some((start) => tag.startsWith(start)));
}

async function remove(docker: Docker, image: string): Promise<void> {
  try {
    await docker.getImage(image).remove();
  } catch (error) {
    const status = (error as { statusCode?: number }).statusCode;
    if (status === 404) return;
    if (status !== 409) throw error;
    process.stderr.write(`  kept image ${image}: something else uses it\n`);
  }
}
