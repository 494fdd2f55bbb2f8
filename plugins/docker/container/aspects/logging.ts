/** Where the container's output goes. */
import type { Properties } from "../../../kit/types";
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect } from "../aspect";

export const loggingAspect: Aspect = {
  properties: spec.replacing({ logDriver: spec.text(), logOpts: spec.textMap() }),

  toRequest(inputs, { HostConfig: host }) {
    const [driver, options] = [read.filledText(inputs, "logDriver"), read.textMap(inputs, "logOpts")];
    if (driver || options) host.LogConfig = { Type: driver ?? "", Config: options ?? {} };
  },

  // The engine's own default driver cannot be told from one asked for; its options can.
  fromEngine({ HostConfig: host }): Properties {
    const options = (host.LogConfig?.Config ?? {}) as Record<string, string>;
    return Object.keys(options).length > 0 ? { logDriver: host.LogConfig!.Type, logOpts: options } : {};
  },
};
