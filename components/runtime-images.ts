import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { guardBuild } from "../policy/guard";
import type { AppManifest } from "../spec/app-manifest";
import { sharedName, type Scope } from "../spec/names";
import { RUNTIME_ROLES } from "../spec/runtime-role";
import { buildInput, type BuildSettings } from "./build-settings";

type Language = AppManifest["language"];

export interface RuntimeImagesArgs {
  scope: Scope;
  build: BuildSettings;
  /** Those of the apps that are built on them, here or by developers: no other image is built. */
  languages: Language[];
}

/** What apps of a language are built on and run on. */
export class RuntimeImages extends pulumi.ComponentResource {
  private readonly images: Map<Language, docker.Image>;

  constructor(name: string, args: RuntimeImagesArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:app:RuntimeImages", name, {}, options);
    const languages = [...new Set(args.languages)].sort();
    this.images = new Map(
      languages.map((language) => [language, runtimeImage(name, args, RUNTIME_ROLES[language], this)]),
    );
    this.registerOutputs({});
  }

  /** The image for a language, as resource: what is built on it waits for it. Throws where no app of that language was announced. */
  of(language: Language): docker.Image {
    const image = this.images.get(language);
    if (!image)
      throw new Error(
        `no runtime image for ${language} in this stack: name the language in RuntimeImages' args`,
      );
    return image;
  }
}

function runtimeImage(
  name: string,
  { scope, build }: RuntimeImagesArgs,
  role: string,
  parent: pulumi.Resource,
): docker.Image {
  guardBuild(`images/${role}`);
  const imageName = `${sharedName(scope, role)}:latest`;
  return new docker.Image(
    `${name}-${role}`,
    { imageName, build: buildInput(build, { folder: `images/${role}` }), skipPush: true },
    { parent },
  );
}
