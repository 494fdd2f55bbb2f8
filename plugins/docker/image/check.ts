/** docker.Image inputs: defaults that the state keeps, the context's digest, and refusals. */
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { UNKNOWN, type CheckFailure, type CheckOutcome, type Properties } from "../../kit/types";
import { parseImageName } from "../engine/image-name";
import * as read from "../support/values";
import { hashContext } from "./context-hash";
import { buildFiles } from "./inputs";

/** Go's names for Node's, as the official plugin writes the platform. */
const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { x64: "amd64", ia32: "386" };

export const defaultPlatform = (): string => `linux/${ARCHITECTURES[process.arch] ?? process.arch}`;

export async function checkImage(inputs: Properties): Promise<CheckOutcome> {
  if (inputs.build === UNKNOWN) return { inputs, failures: checkName(inputs) };
  const given = read.object(inputs, "build") ?? {};
  const { context, dockerfile } = buildFiles(given);
  const build: Properties = { ...given, platform: given.platform ?? defaultPlatform() };
  if (given.context !== UNKNOWN) build.context = context;
  if (given.dockerfile !== UNKNOWN && given.context !== UNKNOWN) build.dockerfile = dockerfile;
  const unknown = given.context === UNKNOWN || given.dockerfile === UNKNOWN;
  const failures = unknown ? [] : await checkFiles(context, dockerfile);
  if (!unknown && failures.length === 0) build.contextDigest = await hashContext(context, dockerfile);
  return {
    inputs: { ...inputs, build },
    failures: [...failures, ...checkName(inputs), ...checkCache(build)],
  };
}

async function checkFiles(context: string, dockerfile: string): Promise<CheckFailure[]> {
  const folder = await stat(context).catch(() => undefined);
  if (!folder?.isDirectory()) {
    return [
      {
        property: "build.context",
        reason: `"${context}" is not a folder; correct the path, relative to the project`,
      },
    ];
  }
  if (existsSync(dockerfile)) return [];
  const inContext = join(context, dockerfile);
  const hint =
    !isAbsolute(dockerfile) && existsSync(inContext)
      ? `it is relative to the project, not to the context: set it to "${inContext}"`
      : `there is no such file; correct the path, relative to the project`;
  return [{ property: "build.dockerfile", reason: `"${dockerfile}": ${hint}` }];
}

/** Where the image is pushed, or cached layers are pulled, the registry must be clear. */
function checkName(inputs: Properties): CheckFailure[] {
  const name = read.text(inputs, "imageName");
  const registry = inputs.registry === UNKNOWN ? undefined : read.object(inputs, "registry");
  const pushed = inputs.skipPush !== UNKNOWN && !read.flag(inputs, "skipPush");
  if (!name) return inputs.imageName === "" ? [{ property: "imageName", reason: "must not be empty" }] : [];
  if (!pushed || registry?.server !== undefined || parseImageName(name).qualified) return [];
  return [
    {
      property: "imageName",
      reason: `"${name}" names no registry to push to: write it in full (docker.io/team/app:v1), or set skipPush`,
    },
  ];
}

function checkCache(build: Properties): CheckFailure[] {
  const cache = build.cacheFrom === UNKNOWN ? undefined : read.object(build, "cacheFrom");
  return cache && cache.images === undefined
    ? [{ property: "build.cacheFrom", reason: "needs images: the list of images to take layers from" }]
    : [];
}
