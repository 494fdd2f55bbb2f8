import { buildInput } from "../../components/build-settings";
import { extraCaImageName, findExtraCaBundle } from "../../config/extra-ca";
import type { Engine } from "../../plugins/docker/engine/client";
import { inspectImage } from "../../plugins/docker/engine/pull";
import { buildImage } from "../../plugins/docker/image/build";
import { buildSettings } from "../../plugins/docker/image/inputs";
import type { Properties } from "../../plugins/kit/types";
import { devImageName, sharedName } from "../../spec/names";
import { RUNTIME_ROLES } from "../../spec/runtime-role";
import type { ConfiguredApp } from "../lib/config-file";
import { devScope, type DevSettings } from "./dev-settings";

/**
 * Builds the stage of an app that tst and pro run, from the same base and with the same arguments as its dev stage.
 * @returns its local name, `<app>:dev-shared-<tag>`.
 * @throws Error naming the image that must be there first, or the failing step with its last lines.
 */
export async function buildApp(
  engine: Engine,
  settings: DevSettings,
  { manifest, path }: ConfiguredApp,
  options: { tag: string; onLine: (line: string) => void },
): Promise<string> {
  const scope = devScope(settings);
  const runtimeName = `${sharedName(scope, RUNTIME_ROLES[manifest.language])}:latest`;
  const extraCaImage = extraCaImageName(findExtraCaBundle(settings.extraCaBundle, process.env));
  const runtimeId = await requiredImage(engine, manifest.name, runtimeName);
  await requiredImage(engine, manifest.name, extraCaImage);

  const imageName = devImageName(scope, { app: manifest.name }, options.tag);
  const build = buildInput(
    { baseImage: settings.baseImage, extraCaImage, builder: settings.builder },
    {
      folder: path,
      context: manifest.build.context,
      dockerfile: manifest.build.dockerfile,
      target: manifest.build.target,
      args: { BERTH_RUNTIME_IMAGE: runtimeName, BERTH_RUNTIME_IMAGE_ID: runtimeId },
    },
  );
  await buildImage(
    engine,
    // No value of it is an Output here.
    buildSettings({ imageName, build: build as Properties }),
    { logins: {}, signal: new AbortController().signal, onLine: options.onLine },
  );
  return imageName;
}

async function requiredImage(engine: Engine, app: string, name: string): Promise<string> {
  const image = await inspectImage(engine, name);
  if (image) return image.Id;
  throw new Error(
    `${app} is built on ${name}, which is not at ${engine.host}: run 'make up ENV=dev' first, which makes it`,
  );
}
