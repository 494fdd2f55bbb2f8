import type { ContainerFacts } from "./container-facts";
import type { Environment } from "./environment";
import { judge, type Finding, type Known, type Rule } from "./finding";

const IMAGE_ID = /^sha256:[0-9a-f]{64}$/;
const IMAGE_DIGEST = /^[^@\s]+@sha256:[0-9a-f]{64}$/;

/**
 * Which image an environment may run: any in dev; an id or a digest in tst; a digest from a registry in pro. Returns one
 * sentence for the broken rule, none where all is well.
 */
export function imageProblems(environment: Environment, image: string | undefined): string[] {
  if (environment === "dev") return [];
  if (image === undefined) return [`${environment} needs an image that was built before: name it by digest`];
  if (IMAGE_DIGEST.test(image)) return [];
  if (environment === "tst" && IMAGE_ID.test(image)) return [];
  const allowed =
    environment === "tst"
      ? "an image id (sha256:…) or a digest (name@sha256:…)"
      : "a digest (registry/name@sha256:…)";
  return [`${environment} takes ${allowed}, not a tag, which can come to mean another image`];
}

/** What the rules ask about an image resource. */
export interface ImageFacts {
  /** The engine builds it, rather than pulls it. */
  built: Known<boolean>;
  /** Name with tag or digest, of an image that is pulled. */
  reference: Known<string | undefined>;
}

const NAME = "image-by-digest";
const DESCRIPTION =
  "tst runs an image by id or digest and pro by digest, since a tag can come to mean another image.";

/** An id passes in pro too, because a pulled image's container has its id; where that id comes from is for {@link imageOriginProblems}. */
export const containerImage: Rule<ContainerFacts> = {
  name: NAME,
  description: DESCRIPTION,
  check({ image }, environment): Finding[] {
    if (environment === "dev") return [];
    return judge("image", image, (reference) =>
      imageProblems(reference !== undefined && IMAGE_ID.test(reference) ? "tst" : environment, reference),
    );
  },
};

export const pulledImage: Rule<ImageFacts> = {
  name: NAME,
  description: DESCRIPTION,
  check({ built, reference }, environment): Finding[] {
    if (environment === "dev" || built === true) return [];
    return judge("name", reference, (name) => imageProblems(environment, name));
  },
};

export const noBuilds: Rule<ImageFacts> = {
  name: "no-builds",
  description: "Images are built in dev only; tst and pro run what was built there.",
  check({ built }, environment): Finding[] {
    if (environment === "dev") return [];
    return judge("build", built, (builds) => (builds ? buildProblems(environment) : []));
  },
};

/** For whoever is about to build an image. Returns one sentence outside dev, none in it. */
export function buildProblems(environment: Environment): string[] {
  if (environment === "dev") return [];
  return [
    `${environment} builds no images: build it in dev, promote it (make promote APP=… TO=${environment}) and run its digest`,
  ];
}

/**
 * Where the image of a container in pro comes from. Returns one sentence for an image that is neither a digest nor the id of one
 * that the stack pulls by digest, none where all is well. `image` is whatever the container's input holds.
 */
export function imageOriginProblems(
  { image, pulledByDigest }: { image: unknown; pulledByDigest: boolean },
  environment: Environment,
): string[] {
  if (environment !== "pro" || pulledByDigest || isDigest(image)) return [];
  return [
    "its image is neither a digest nor the id of an image that this stack pulls by digest (docker.RemoteImage): name it by digest",
  ];
}

/** True for a name that pins an image of a registry. */
export function isDigest(reference: unknown): boolean {
  return typeof reference === "string" && IMAGE_DIGEST.test(reference);
}
