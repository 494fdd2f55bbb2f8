/** How the engine tells whether the container is healthy. */
import type { Properties } from "../../../kit/types";
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect } from "../aspect";
import { formatDuration, parseDuration } from "../duration";

export const healthAspect: Aspect = {
  // The official plugin calls a change an update and then changes nothing (kreuzwerker/terraform-provider-docker#988):
  // the engine cannot change the check of a container that exists, so here it replaces.
  properties: spec.replacing({
    healthcheck: spec.object({
      tests: spec.texts(),
      interval: spec.text({ default: "0s" }),
      timeout: spec.text({ default: "0s" }),
      startPeriod: spec.text({ default: "0s" }),
      startInterval: spec.text({ default: "0s" }),
      retries: spec.integer({ default: 0 }),
    }),
  }),

  toRequest(inputs, request) {
    const check = read.object(inputs, "healthcheck");
    if (!check) return;
    const nanoseconds = (key: string): number => parseDuration(read.filledText(check, key) ?? "0s");
    const startInterval = nanoseconds("startInterval");
    request.Healthcheck = {
      Test: read.texts(check, "tests"),
      Interval: nanoseconds("interval"),
      Timeout: nanoseconds("timeout"),
      StartPeriod: nanoseconds("startPeriod"),
      Retries: read.number(check, "retries"),
      ...(startInterval > 0 && { StartInterval: startInterval }),
    };
  },

  fromEngine(found, image): Properties {
    const check = found.Config.Healthcheck as Record<string, unknown> | undefined;
    const own = (image?.Config as { Healthcheck?: unknown } | undefined)?.Healthcheck;
    if (!check || JSON.stringify(check) === JSON.stringify(own)) return {};
    const text = (key: string): string => formatDuration((check[key] as number | undefined) ?? 0);
    return {
      healthcheck: {
        tests: (check.Test as string[] | null) ?? [],
        interval: text("Interval"),
        timeout: text("Timeout"),
        startPeriod: text("StartPeriod"),
        startInterval: text("StartInterval"),
        retries: (check.Retries as number | undefined) ?? 0,
      },
    };
  },
};
