/** When the engine starts the container again by itself. Changes in place. */
import type Dockerode from "dockerode";
import type { Properties } from "../../../kit/types";
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect } from "../aspect";

export const restartAspect: Aspect = {
  properties: {
    restart: spec.text({ default: "no", enum: ["no", "on-failure", "always", "unless-stopped"] }),
    maxRetryCount: spec.integer(),
  },

  toRequest(inputs, request) {
    request.HostConfig.RestartPolicy = restartPolicy(inputs);
  },

  fromEngine({ HostConfig: { RestartPolicy: policy } }) {
    return read.defined({
      restart: policy?.Name || "no",
      maxRetryCount: policy?.MaximumRetryCount || undefined,
    });
  },
};

export function restartPolicy(inputs: Properties): Dockerode.HostRestartPolicy {
  return {
    Name: read.text(inputs, "restart") ?? "no",
    MaximumRetryCount: read.number(inputs, "maxRetryCount") ?? 0,
  };
}
