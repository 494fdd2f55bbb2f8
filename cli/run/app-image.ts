import type Docker from "dockerode";
import type { ServerSettings } from "../../spec/gateway-api";
import { devImageName } from "../../spec/names";
import type { LocalApp } from "../app/find-app";
import { isAbsent } from "../engine/failure";
import { Failure } from "../failure";
import { buildImage } from "./build-image";
import { dockerfileOf, imageInputs } from "./image-inputs";

/** What an image of this command was made from. */
const INPUTS_LABEL = "org.berth.inputs";
/** Tag of the image under live source. */
const RELOAD_TAG = "reload";
const USUAL_TAG = "latest";

/** What to run. */
export interface AppImage {
  name: string;
  /** `sha256:…` */
  id: string;
  /** Whether it was built for this. */
  isBuilt: boolean;
  /** Whether it holds the app's packages, rather than being the runtime image itself. */
  isOwn: boolean;
}

/** For whom and where. */
export interface ImageContext {
  engine: Docker;
  server: ServerSettings;
  app: LocalApp;
}

/** Name of an app's image by a tag. @throws Failure (usage) for a tag that is this command's own. */
export function imageNameOf({ server, app }: Omit<ImageContext, "engine">, tag = USUAL_TAG): string {
  if (tag === RELOAD_TAG)
    throw new Failure(`the tag '${RELOAD_TAG}' is for what \`berth run --reload\` builds: choose another`);
  return nameWith({ server, app }, tag);
}

/** The image that `berth build` made. @throws Failure naming the command that makes it. */
export async function builtImage(context: ImageContext, tag?: string): Promise<AppImage> {
  const name = imageNameOf(context, tag);
  const found = await imageAt(context.engine, name);
  if (found) return { name, id: found.Id, isBuilt: false, isOwn: true };
  const command = `berth build ${context.app.name}${tag === undefined ? "" : ` --tag ${tag}`}`;
  throw new Failure(
    `there is no image ${name}: build it with \`${command}\`, or run the source itself with --reload`,
  );
}

/**
 * The image under live source: the app's dev stage, built where what it installs from has changed; the runtime image where the
 * app has no Dockerfile.
 * @param options `rebuild` whatever has changed; `onLine` gets the build's output; `signal` ends it.
 */
export async function reloadImage(
  { engine, server, app }: ImageContext,
  { rebuild, ...told }: { rebuild: boolean; onLine: (line: string) => void; signal?: AbortSignal },
): Promise<AppImage> {
  const runtimeName = server.images.runtime[app.manifest.language];
  const dockerfile = dockerfileOf(app);
  const name = nameWith({ server, app }, RELOAD_TAG);
  const [runtime, present] = await Promise.all([
    imageAt(engine, runtimeName),
    dockerfile === undefined ? undefined : imageAt(engine, name),
  ]);
  if (!runtime) {
    throw new Failure(
      `the host has no runtime image for ${app.manifest.language} (${runtimeName || "it names none"}): ask the operator to run \`make up\``,
    );
  }
  if (dockerfile === undefined) return { name: runtimeName, id: runtime.Id, isBuilt: false, isOwn: false };
  const { devTarget: target } = app.manifest.build;
  const inputs = imageInputs(app, dockerfile, [runtime.Id, target, server.images.extraCa]);
  if (present?.Config.Labels?.[INPUTS_LABEL] === inputs && !rebuild)
    return { name, id: present.Id, isBuilt: false, isOwn: true };
  const labels = { [INPUTS_LABEL]: inputs };
  await buildImage(engine, { app, dockerfile, target, imageName: name, labels, server, ...told });
  // The builder tells the id of what it built; what the engine runs by that name is asked for.
  const built = await engine.getImage(name).inspect();
  return { name, id: built.Id, isBuilt: true, isOwn: true };
}

function nameWith({ server, app }: Omit<ImageContext, "engine">, tag: string): string {
  const scope = { prefix: server.prefix, environment: "dev" } as const;
  return devImageName(scope, { app: app.name, developerId: server.developerId }, tag);
}

async function imageAt(engine: Docker, name: string): Promise<Docker.ImageInspectInfo | undefined> {
  if (name === "") return undefined;
  try {
    return await engine.getImage(name).inspect();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
