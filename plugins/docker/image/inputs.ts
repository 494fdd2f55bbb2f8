/** docker.Image: its properties, their defaults, and the build that they mean. */
import { join } from "node:path";
import type { Properties, PropertySpec } from "../../kit/types";
import * as spec from "../support/spec";
import * as read from "../support/values";

/** Official package schema: nothing replaces. A changed login alone is no change (pulumi-docker, diffUpdates). */
export const imageProperties: Record<string, PropertySpec> = {
  imageName: spec.text({ required: true }),
  build: spec.object({
    addHosts: spec.texts(),
    args: spec.textMap(),
    builderVersion: spec.text({ enum: ["BuilderV1", "BuilderBuildKit"] }),
    cacheFrom: spec.object({ images: spec.texts() }),
    context: spec.text(),
    /** Computed: the digest of all that the build sees. */
    contextDigest: spec.text(),
    dockerfile: spec.text(),
    network: spec.text(),
    platform: spec.text(),
    target: spec.text(),
  }),
  buildOnPreview: spec.flag({ default: false }),
  registry: spec.object(
    {
      server: spec.text(),
      username: spec.text({ onChange: "ignore" }),
      password: spec.text({ secret: true, onChange: "ignore" }),
    },
    { secret: true },
  ),
  skipPush: spec.flag({ default: false }),
};

export type Builder = "classic" | "buildkit";

export interface BuildSettings {
  imageName: string;
  context: string;
  /** Relative to the project, as the context; not to the context. */
  dockerfile: string;
  builder: Builder;
  args: Record<string, string>;
  target?: string;
  platform?: string;
  network?: string;
  extraHosts: string[];
  cacheImages: string[];
}

/** Where the build reads from, with the official defaults. */
export function buildFiles(build: Properties | undefined): { context: string; dockerfile: string } {
  const context = read.filledText(build ?? {}, "context") ?? ".";
  return { context, dockerfile: read.filledText(build ?? {}, "dockerfile") ?? join(context, "Dockerfile") };
}

export function buildSettings(inputs: Properties): BuildSettings {
  const build = read.object(inputs, "build") ?? {};
  return {
    imageName: read.requiredText(inputs, "imageName"),
    ...buildFiles(build),
    builder: read.text(build, "builderVersion") === "BuilderV1" ? "classic" : "buildkit",
    args: read.textMap(build, "args") ?? {},
    target: read.filledText(build, "target"),
    platform: read.filledText(build, "platform"),
    network: read.filledText(build, "network"),
    extraHosts: read.texts(build, "addHosts"),
    cacheImages: read.texts(read.object(build, "cacheFrom") ?? {}, "images"),
  };
}
