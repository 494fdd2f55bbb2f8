/** What this plugin offers: the resources of the official docker plugin that Berth uses, on the real Engine API. */
import type { PluginDefinition } from "../kit/types";
import { container } from "./container/resource";
import type { Engine } from "./engine/client";
import { image } from "./image/resource";
import { network } from "./network/resource";
import { configure, providerConfig } from "./provider-config";
import { volume } from "./volume/resource";

export const definition: PluginDefinition<Engine> = {
  name: "docker",
  version: "5.2.0",
  config: providerConfig,
  configure: (config) => configure(config),
  resources: {
    "docker:index/container:Container": container,
    "docker:index/image:Image": image,
    "docker:index/network:Network": network,
    "docker:index/volume:Volume": volume,
  },
  functions: {},
};
