import type { Engine } from "../../plugins/docker/engine/client";
import { parseImageName } from "../../plugins/docker/engine/image-name";
import { ensureImage, inspectImage } from "../../plugins/docker/engine/pull";
import { pushImage } from "../../plugins/docker/image/push";
import { digestInRegistry, type Registry } from "./registry";

/** One image on its way to a registry. */
export interface Promotion {
  /** A local name, an image id, or a name with the digest that it must keep. */
  source: string;
  /** Path in the registry for an image that has none there yet. */
  repository: string;
  /** What to do where the engine does not have the source. */
  ifMissing: string;
}

/** Enough of an image's id to tell it from every other of its repository. */
const ID_DIGITS = 12;

/**
 * Brings the very image into the registry, and asks the registry for it: nothing is built. An image that is there already is not sent.
 * @returns `<address>/<repository>@<digest>`.
 * @throws Error naming image and registry, and what to do.
 */
export async function promoteImage(
  engine: Engine,
  registry: Registry,
  promotion: Promotion,
  onLine: (line: string) => void = () => undefined,
): Promise<string> {
  const { source } = promotion;
  const kept = source.includes("@") ? parseImageName(source) : undefined;
  const repository = kept?.registry === registry.address ? kept.repository : promotion.repository;
  const name = `${registry.address}/${repository}`;
  // Also asked where there is no digest yet: a registry that cannot be used is told of before anything is sent.
  const found = await digestInRegistry(registry, kept?.digest ? `${name}@${kept.digest}` : name);
  if (kept?.digest && found === kept.digest) return `${name}@${kept.digest}`;

  const id = await imageId(engine, promotion, kept !== undefined);
  const digest = await push(engine, registry, id, name, onLine);
  if (kept && digest !== kept.digest) {
    throw new Error(
      `image ${source} became ${digest} in ${registry.address}: the engine packed its layers anew, so it is not the same image to a ` +
        `registry; copy it from registry to registry (skopeo copy --preserve-digests)`,
    );
  }
  const confirmed = await digestInRegistry(registry, `${name}@${digest}`);
  if (confirmed !== digest) {
    throw new Error(
      `registry ${registry.address} took ${name}@${digest}, but answers ${confirmed ?? "that it has none"}: nothing was recorded`,
    );
  }
  return `${name}@${digest}`;
}

async function imageId(engine: Engine, { source, ifMissing }: Promotion, pull: boolean): Promise<string> {
  const image = pull ? await ensureImage(engine, source) : await inspectImage(engine, source);
  if (image) return image.Id;
  throw new Error(`there is no image ${source} at ${engine.host}: ${ifMissing}`);
}

/** Pushes under a tag of the image's own, which keeps the registry from collecting it as garbage. */
async function push(
  engine: Engine,
  { login }: Registry,
  id: string,
  name: string,
  onLine: (line: string) => void,
): Promise<string> {
  const tag = `id-${id.replace("sha256:", "").slice(0, ID_DIGITS)}`;
  const image = engine.docker.getImage(id);
  await image.tag({ repo: name, tag });
  try {
    return await pushImage(engine, `${name}:${tag}`, { login, signal: new AbortController().signal, onLine });
  } finally {
    const { RepoTags: tags } = await image.inspect();
    // An image without another name would go with this one.
    if (tags.some((other) => other !== `${name}:${tag}`))
      await engine.docker.getImage(`${name}:${tag}`).remove();
  }
}
