/** How the plugin treats the container over its life. Nothing here is part of the Engine's container, but `rm`. */
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect } from "../aspect";

export const lifecycleAspect: Aspect = {
  properties: {
    start: spec.flag({ default: true }),
    mustRun: spec.flag({ default: true }),
    wait: spec.flag({ default: false }),
    waitTimeout: spec.integer({ default: 60 }),
    attach: spec.flag({ default: false }),
    logs: spec.flag({ default: false }),
    destroyGraceSeconds: spec.integer(),
    removeVolumes: spec.flag({ default: true }),
    containerReadRefreshTimeoutMilliseconds: spec.integer({ default: 15_000 }),
    rm: spec.flag({ default: false, onChange: "replace" }),
  },

  toRequest(inputs, request) {
    request.HostConfig.AutoRemove = read.flag(inputs, "rm");
  },

  fromEngine(found) {
    return read.defined({ rm: found.HostConfig.AutoRemove });
  },
};
