/** The digest by which a local image is known to the registry that its name points to. */
import type Dockerode from "dockerode";
import { nameWithoutTag } from "../engine/image-name";

/** As officially: the only one there is, else the one of this name, else the first; "" where there is none. */
export function repoDigestOf(name: string, image: Dockerode.ImageInspectInfo): string {
  const digests = image.RepoDigests ?? [];
  return digests.find((digest) => nameWithoutTag(digest) === nameWithoutTag(name)) ?? digests[0] ?? "";
}
