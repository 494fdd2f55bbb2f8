import * as path from "node:path";
import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";

/** How images of ours are built, the same for all of a stack. */
export interface BuildSettings {
  /** Debian base image. */
  baseImage: string;
  /** Image that holds only the extra CA bundle (docs/decisions/0004). */
  extraCaImage: string;
  builder: "classic" | "buildkit";
}

/** What one image's build has beyond the settings of all. */
export interface ImageBuild {
  /** Folder of the Dockerfile, from the project's root. */
  folder: string;
  /** The build context from there, `.` or `..` and so on; default the folder itself. */
  context?: string;
  /** In the folder; default Dockerfile. */
  dockerfile?: string;
  /** Stage to build; default the last. */
  target?: string;
  args?: Record<string, pulumi.Input<string>>;
}

/** The `build` input of a docker.Image. */
export function buildInput(settings: BuildSettings, image: ImageBuild): docker.types.input.DockerBuild {
  return {
    context: path.posix.join(image.folder, image.context ?? "."),
    dockerfile: `${image.folder}/${image.dockerfile ?? "Dockerfile"}`,
    target: image.target,
    builderVersion: settings.builder === "classic" ? "BuilderV1" : "BuilderBuildKit",
    args: {
      BERTH_BASE_IMAGE: settings.baseImage,
      BERTH_EXTRA_CA_IMAGE: settings.extraCaImage,
      ...image.args,
    },
  };
}
