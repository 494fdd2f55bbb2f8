import type Docker from "dockerode";
import { isAbsent } from "../engine/failure";
import { EXIT, Failure } from "../failure";
import { builtImage, type ImageContext } from "../run/app-image";

/** An image that was built before. */
export interface TstImage {
  /** As it was asked for. */
  name: string;
  /** `sha256:…` */
  id: string;
}

/** Which image a throw-away container is made of. */
export interface ImageFlags {
  /** Of the developer's own image; default latest. */
  tag?: string;
  /** By id or digest, instead. */
  image?: string;
}

const FIXED = /^(sha256:[0-9a-f]{64}|[^@\s]+@sha256:[0-9a-f]{64})$/;

/**
 * The image that a throw-away container is made of: the developer's own by tag, or another by id or digest.
 * @throws Failure that names `berth build` where it is not there.
 */
export async function tstImage(context: ImageContext, { tag, image }: ImageFlags): Promise<TstImage> {
  if (image === undefined) return builtImage(context, tag);
  if (tag !== undefined) throw new Failure("--tag and --image name two images: give one of them", EXIT.usage);
  if (!FIXED.test(image)) {
    throw new Failure(
      `--image '${image}' can move: give an id or a digest (sha256:…), or --tag for one of your own`,
      EXIT.usage,
    );
  }
  return { name: image, id: await idOf(context.engine, image) };
}

async function idOf(engine: Docker, image: string): Promise<string> {
  try {
    return (await engine.getImage(image).inspect()).Id;
  } catch (error) {
    if (!isAbsent(error)) throw error;
    throw new Failure(
      `there is no image ${image} of yours: \`berth build\` makes one, and tells its id with --json`,
      EXIT.failed,
      { cause: error },
    );
  }
}
