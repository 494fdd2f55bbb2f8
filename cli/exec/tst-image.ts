import type Docker from "dockerode";
import type { ServerSettings } from "../../spec/gateway-api";
import { devImageName } from "../../spec/names";
import { isAbsent } from "../engine/failure";
import { EXIT, Failure } from "../failure";

/** An image that was built before. */
export interface BuiltImage {
  /** As it was asked for. */
  name: string;
  /** `sha256:…` */
  id: string;
}

const FIXED = /^(sha256:[0-9a-f]{64}|[^@\s]+@sha256:[0-9a-f]{64})$/;

/**
 * The image that a throw-away container is made of: the developer's own by tag, or another by id or digest.
 * @throws Failure that names `berth build` where it is not there.
 */
export async function builtImage(
  engine: Docker,
  { prefix, developerId }: ServerSettings,
  app: string,
  { tag, image }: { tag?: string; image?: string },
): Promise<BuiltImage> {
  if (image !== undefined && tag !== undefined)
    throw new Failure("--tag and --image name two images: give one of them", EXIT.usage);
  if (image !== undefined && !FIXED.test(image)) {
    throw new Failure(
      `--image '${image}' can move: give an id or a digest (sha256:…), or --tag for one of your own`,
      EXIT.usage,
    );
  }
  const name = image ?? devImageName({ prefix, environment: "dev" }, { app, developerId }, tag);
  try {
    const { Id } = await engine.getImage(name).inspect();
    return { name, id: Id };
  } catch (error) {
    if (!isAbsent(error)) throw error;
    const build = `berth build ${app}${tag === undefined ? "" : ` --tag ${tag}`}`;
    throw new Failure(
      `${app} has no image ${name}: ${image === undefined ? `build it first (${build})` : "build it first, or give the id of one of yours"}`,
      EXIT.failed,
      { cause: error },
    );
  }
}
