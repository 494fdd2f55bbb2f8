import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { LoadedConfig } from "../config/load";

/** One image that must have been built before. */
export interface NeededImage {
  /** Key in PrebuiltImages: a service's role, or `app-<owner>-<name>`. */
  key: string;
  /** The app's name, or the service's role, as `make promote` takes it. */
  promotedAs: string;
  reference: string;
}

/** All that an environment runs without building it. */
export function neededImages({ config, apps }: LoadedConfig): NeededImage[] {
  const services = Object.entries(config.serviceImages).flatMap(([role, setting]) =>
    setting ? [{ key: role, promotedAs: role, reference: setting.image }] : [],
  );
  const built = apps.flatMap(({ manifest, developerId, image }) =>
    image === undefined
      ? []
      : [{ key: appImageKey(manifest.name, developerId), promotedAs: manifest.name, reference: image }],
  );
  return [...services, ...built];
}

export function appImageKey(app: string, developerId: string | undefined): string {
  return `app-${developerId ?? "shared"}-${app}`;
}

/**
 * Looks for images that only the engine can have: those named by id. What a digest names is pulled, and found missing then.
 * @throws RunError in `up`, before anything is created, naming each app with the command that makes its image present. A preview
 * warns instead, since a runner has no images and perhaps no engine.
 */
export async function checkLocalImages(images: NeededImage[], provider: docker.Provider): Promise<void> {
  const found = await Promise.all(images.filter(isLocal).map((image) => problemOf(image, provider)));
  const problems = found.filter((problem) => problem !== undefined);
  if (problems.length === 0) return;
  const message = problems.join("\n");
  if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(message);
  await pulumi.log.warn(message);
}

function isLocal({ reference }: NeededImage): boolean {
  return !reference.includes("@");
}

async function problemOf(
  { promotedAs, reference }: NeededImage,
  provider: docker.Provider,
): Promise<string | undefined> {
  try {
    await docker.getRemoteImage({ name: reference }, { provider });
    return undefined;
  } catch (error) {
    const stack = pulumi.getStack();
    const command =
      stack === "dev" ? `make build APP=${promotedAs}` : `make promote APP=${promotedAs} TO=${stack}`;
    return `${promotedAs}: its image ${reference} is not on the engine; run '${command}' (${(error as Error).message})`;
  }
}
