import type { Engine } from "../../plugins/docker/engine/client";
import type { Environment } from "../../policy/rules";
import type { Scope } from "../../spec/names";
import { ConfigFile, type ImageUser } from "../lib/config-file";
import { promoteImage, type Promotion } from "./promote-image";
import type { Registry } from "./registry";
import { localImage, repositoryOf, serviceRoles } from "./selection";

export interface PromoteArgs {
  to: Exclude<Environment, "dev">;
  users: ImageUser[];
  engine: Engine;
  registry: Registry;
  /** Whose local images go to tst. */
  scope: Scope;
  /** Of the local images. */
  tag: string;
  /** Developer id of whoever built an app's local image by `berth build`; `make build` did where absent. */
  owner?: string;
  projectFolder?: string;
  onLine?: (line: string) => void;
}

export interface Promoted {
  user: ImageUser;
  image: string;
  /** Absent where nothing ran before. */
  previousImage?: string;
  /** False where the config named this image already. */
  changed: boolean;
}

/**
 * Brings images into the registry and records their digests in the target's config file: those built for dev in tst, those that tst
 * runs in pro. Nothing is recorded when one of them fails.
 * @throws Error naming the image and what to do.
 */
export async function promote(args: PromoteArgs): Promise<Promoted[]> {
  const { to, users, engine, registry, projectFolder, onLine } = args;
  const promotions = users.map((user) => promotionOf(user, args));
  const images: string[] = [];
  for (const promotion of promotions) images.push(await promoteImage(engine, registry, promotion, onLine));

  // Read only now: pushing takes its time, and somebody may have edited the file.
  const file = ConfigFile.read(to, projectFolder);
  const promoted = users.map((user, index) => record(file, user, images[index] ?? ""));
  if (promoted.some(({ changed }) => changed)) file.write();
  return promoted;
}

function promotionOf(user: ImageUser, { to, scope, tag, owner, projectFolder }: PromoteArgs): Promotion {
  const repository = repositoryOf(scope, user);
  if (to === "tst" || usesDevsOwn(user, projectFolder)) {
    const ifMissing =
      user.kind === "app"
        ? `run '${owner === undefined ? `make build APP=${user.name}` : `berth build ${user.name}`}' first`
        : "run 'make up ENV=dev' first, which builds it";
    return { repository, source: localImage(scope, user, tag, owner), ifMissing };
  }
  const { image } = ConfigFile.read("tst", projectFolder).images(user);
  if (image === undefined) {
    throw new Error(
      `Pulumi.tst.yaml names no image of ${user.name}: run 'make promote APP=${user.name} TO=tst' first, since pro takes what tst runs`,
    );
  }
  const ifMissing = `run this command on the host where tst runs it, or promote ${user.name} to tst anew`;
  return { repository, source: image, ifMissing };
}

/** Where tst uses dev's proxy, dev's image of it is the very one that was tried there. */
function usesDevsOwn(user: ImageUser, projectFolder: string | undefined): boolean {
  return user.kind === "service" && !serviceRoles(ConfigFile.read("tst", projectFolder)).includes(user.name);
}

function record(file: ConfigFile, user: ImageUser, image: string): Promoted {
  const before = file.images(user);
  if (before.image === image) return { user, ...before, image, changed: false };
  const images = { image, previousImage: before.image };
  file.setImages(user, images);
  return { user, ...images, changed: true };
}
