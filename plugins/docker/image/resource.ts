/** docker:index/image:Image on the Engine API: builds an image and, unless told not to, pushes it. */
import {
  UNKNOWN,
  type Call,
  type Properties,
  type PropertyDiff,
  type ResourceDefinition,
  type ResourceState,
} from "../../kit/types";
import type { Engine } from "../engine/client";
import { nameWithoutTag, parseImageName } from "../engine/image-name";
import { inspectImage, pullImage } from "../engine/pull";
import type { RegistryLogin } from "../engine/registry-auth";
import * as read from "../support/values";
import { buildImage } from "./build";
import { checkImage } from "./check";
import { buildFiles, buildSettings, imageProperties } from "./inputs";
import { contextPath } from "./ignore";
import { loginsOf, pushLogin } from "./logins";
import { pushImage } from "./push";

export const image: ResourceDefinition<Engine> = {
  properties: imageProperties,
  outputs: {
    baseImageName: {},
    context: {},
    dockerfile: {},
    platform: {},
    registryServer: {},
    repoDigest: {},
    // Where the official plugin looks for the inputs of the last build: with it, a stack that moves there stays unchanged.
    __inputs: { secret: true },
  },

  check: (_call, inputs) => checkImage(inputs),

  previewOutputs: (inputs) => (inputs.build === UNKNOWN ? {} : knownOutputs(inputs)),

  /** An image that is only on the engine and was removed there is built again, whatever the inputs say. */
  async diff({ client: engine }, { state, inputs }, found) {
    if (found.length > 0 || !read.flag(inputs, "skipPush")) return found;
    const missing: PropertyDiff = { property: "repoDigest", kind: "update", replace: false };
    return (await isOnEngine(engine, state)) ? found : [missing];
  },

  /** With buildOnPreview the image is built, and not pushed, where enough of its inputs is known. */
  async preview(call, inputs) {
    if (!read.flag(inputs, "buildOnPreview")) return {};
    if (isKnown(inputs)) return (await buildAndPush(call, inputs, false)).state;
    call.log(
      "warning",
      "buildOnPreview: imageName or part of build is not known yet, so the preview builds nothing.",
    );
    return {};
  },

  create: (call, inputs) => buildAndPush(call, inputs),

  /** As officially nothing is reconciled, but that an image which is gone from the engine reads as gone. */
  async read({ client: engine }, old) {
    const local = read.flag(old.inputs, "skipPush") === true;
    return local && !(await isOnEngine(engine, old.state)) ? undefined : old;
  },

  update: async (call, _old, inputs) => (await buildAndPush(call, inputs)).state,

  /** As officially: the image stays, on the engine and in the registry. Containers and other stacks may use it. */
  async delete() {},
};

function isKnown(inputs: Properties): boolean {
  const build = inputs.build === UNKNOWN ? undefined : read.object(inputs, "build");
  const needed = [inputs.imageName, build?.context, build?.dockerfile];
  const args = build?.args === UNKNOWN ? [UNKNOWN] : Object.values(read.object(build ?? {}, "args") ?? {});
  return build !== undefined && ![...needed, ...args].includes(UNKNOWN);
}

/** The name and the very image that was built are both there. */
async function isOnEngine(engine: Engine, state: Properties): Promise<boolean> {
  const [name, built] = [read.text(state, "imageName"), read.text(state, "repoDigest")];
  if (!name || !built) return false;
  const named = await inspectImage(engine, name);
  if (!named) return false;
  return named.Id === built || (await inspectImage(engine, built)) !== undefined;
}

export async function buildAndPush(
  call: Call<Engine>,
  inputs: Properties,
  push = true,
): Promise<ResourceState> {
  const { client: engine, signal } = call;
  const settings = buildSettings(inputs);
  const onLine = (line: string): void => {
    call.logStatus(line);
    call.log("debug", line);
  };
  const login = await pushLogin(inputs);
  const logins = await loginsOf(engine, inputs, login);
  await pullCaches(call, settings.cacheImages, logins, settings.platform);
  const startedAt = Date.now();
  const built = await buildImage(engine, settings, { logins, signal, onLine });
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  call.log(
    "info",
    `built ${settings.imageName} in ${seconds} s (${built.cachedSteps} of ${built.steps} steps from cache)`,
  );
  const pushed = push && !read.flag(inputs, "skipPush");
  const repoDigest = pushed
    ? `${fullName(settings.imageName)}@${await pushImage(engine, settings.imageName, { login, signal, onLine })}`
    : built.id;
  return { id: settings.imageName, state: { ...knownOutputs(inputs), repoDigest, __inputs: inputs } };
}

/** A cache that cannot be had only makes the build slower. */
async function pullCaches(
  call: Call<Engine>,
  images: string[],
  logins: Record<string, RegistryLogin>,
  platform: string | undefined,
): Promise<void> {
  for (const name of images) {
    const login = logins[parseImageName(name).registry];
    try {
      await pullImage(call.client, name, {
        platform,
        signal: call.signal,
        login,
        onStatus: (line) => call.logStatus(line),
      });
    } catch (error) {
      call.log("info", `cacheFrom image ${name} is not available: ${(error as Error).message}`);
    }
  }
}

/** Name with registry and without tag, as it stands before a digest. */
function fullName(imageName: string): string {
  const { registry, repository, qualified } = parseImageName(imageName);
  return qualified ? nameWithoutTag(imageName) : `${registry}/${repository}`;
}

/** Outputs that follow from the inputs alone; unknown inputs stay unknown. */
function knownOutputs(inputs: Properties): Properties {
  const build = read.object(inputs, "build") ?? {};
  const { context, dockerfile } = buildFiles(build);
  const unknownFiles = build.context === UNKNOWN || build.dockerfile === UNKNOWN;
  const server = inputs.registry === UNKNOWN ? UNKNOWN : read.object(inputs, "registry")?.server;
  return {
    imageName: inputs.imageName ?? UNKNOWN,
    baseImageName: inputs.imageName ?? UNKNOWN,
    context: build.context === UNKNOWN ? UNKNOWN : context,
    dockerfile: unknownFiles ? UNKNOWN : contextPath(context, dockerfile),
    platform: build.platform ?? "",
    registryServer: server ?? "",
  };
}
