import type * as pulumi from "@pulumi/pulumi";
import { AppContainer, type AppContainerArgs } from "../components/app-container";
import type { InfraServices } from "../components/infra-services";
import type { PrebuiltImages } from "../components/prebuilt-images";
import { RuntimeImages, type RuntimeImagesArgs } from "../components/runtime-images";
import type { LoadedApp } from "../config/app-folder";
import type { LoadedConfig } from "../config/load";
import { instanceKey } from "../spec/names";
import { languages } from "../spec/runtime-role";
import { ownerOfHost } from "./host";
import type { AppSecrets } from "./app-secrets";
import { appImageKey } from "./image-check";

export interface AppsArgs extends Pick<AppContainerArgs, "scope" | "build" | "network"> {
  loaded: LoadedConfig;
  services: InfraServices;
  prebuilt: PrebuiltImages;
  secrets: AppSecrets;
}

/** Declares every app of the config, and the runtime images of those that are built here. */
export function declareApps(args: AppsArgs, options: pulumi.ComponentResourceOptions): AppContainer[] {
  const { loaded, scope, build } = args;
  const runtimeImages = new RuntimeImages(
    "runtime",
    { scope, build, languages: languagesOf(loaded) },
    options,
  );
  return loaded.apps.map((app) => {
    const key = instanceKey({ app: app.manifest.name, developerId: app.developerId });
    return new AppContainer(`app-${key.replace("/", "-")}`, appArgs(args, app, runtimeImages), options);
  });
}

/** Of the apps that are built here; all of them where developers are let in, because they bring apps that no stack knows. */
function languagesOf({ config, apps }: LoadedConfig): RuntimeImagesArgs["languages"] {
  if (config.environment === "dev" && config.identity.enabled) return languages;
  return apps.filter(({ image }) => image === undefined).map(({ manifest }) => manifest.language);
}

function appArgs(
  { loaded, scope, build, network, services: { postgres, redis }, prebuilt, secrets }: AppsArgs,
  app: LoadedApp,
  runtimeImages: RuntimeImages,
): AppContainerArgs {
  const { manifest, folder, absoluteFolder, appSubPath, developerId, image, reload, livePaths } = app;
  return {
    ...{ scope, build, network, manifest, folder, developerId, reload, runtimeImages, postgres, redis },
    engine: loaded.engine,
    secrets: secrets[manifest.name],
    proxyEnvironment: ownerOfHost(loaded) ?? scope.environment,
    image:
      image === undefined
        ? undefined
        : { reference: image, id: prebuilt.idOf(appImageKey(manifest.name, developerId)) },
    appSubPath,
    live:
      livePaths.length > 0 ? { kind: "folder", sourceFolder: absoluteFolder, paths: livePaths } : undefined,
    extraCa: scope.environment === "dev" ? loaded.extraCa : undefined,
  };
}
