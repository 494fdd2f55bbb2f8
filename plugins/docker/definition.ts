/** What this plugin offers: the resources of the official docker plugin that Berth uses, on the real Engine API. */
import type { PluginDefinition } from "../kit/types";
import { container } from "./container/resource";
import type { Engine } from "./engine/client";
import { getNetwork, getRegistryImage, getRemoteImage } from "./functions/functions";
import { image } from "./image/resource";
import { network } from "./network/resource";
import { configure, providerConfig } from "./provider-config";
import { registryImage } from "./registry-image/resource";
import { remoteImage } from "./remote-image/resource";
import { withEngineNamed } from "./support/lost-engine";
import { tag } from "./tag/resource";
import { volume } from "./volume/resource";

export const definition: PluginDefinition<Engine> = {
  name: "docker",
  version: "5.2.0",
  config: providerConfig,
  configure: (config) => configure(config),
  resources: {
    "docker:index/container:Container": withEngineNamed(container),
    "docker:index/image:Image": withEngineNamed(image),
    "docker:index/network:Network": withEngineNamed(network),
    "docker:index/registryImage:RegistryImage": registryImage,
    "docker:index/remoteImage:RemoteImage": remoteImage,
    "docker:index/tag:Tag": withEngineNamed(tag),
    "docker:index/volume:Volume": withEngineNamed(volume),
  },
  functions: {
    "docker:index/getNetwork:getNetwork": getNetwork,
    "docker:index/getRegistryImage:getRegistryImage": getRegistryImage,
    "docker:index/getRemoteImage:getRemoteImage": getRemoteImage,
  },
};
