/** The environments, in the order an app passes through them. */
export const environments = ["dev", "tst", "pro"] as const;
export type Environment = (typeof environments)[number];

/** What makes an app's source live: edits reach the running container. */
export interface LiveSource {
  /** Folders of the app that are mounted over its image. */
  mounts?: readonly string[];
  /** The app is started by a command that restarts it on an edit. */
  reload?: boolean;
  /** Files are synchronised from a developer's laptop. */
  sync?: boolean;
}

/**
 * Live source exists only in dev: everything else runs what was built. Config schema, component guard and policy pack all ask
 * here. Returns one sentence for each broken rule, none where all is well.
 */
export function liveSourceProblems(environment: Environment, live: LiveSource): string[] {
  if (environment === "dev") return [];
  const asked = [
    (live.mounts?.length ?? 0) > 0 && "mounts",
    live.reload === true && "reload",
    live.sync === true && "sync",
  ].filter((name) => name !== false);
  return asked.map((name) => `${name} is for dev only: ${environment} runs a built image; remove it`);
}

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
