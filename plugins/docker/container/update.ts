/** What the engine can change on a container that exists, and what only a new container can. */
import type Dockerode from "dockerode";
import type { Properties, PropertyDiff } from "../../kit/types";
import type { Engine } from "../engine/client";
import { engineMessage } from "../engine/errors";
import * as read from "../support/values";
import { limits } from "./aspects/resources";
import { restartPolicy } from "./aspects/restart";

/** Limits that the engine's update call sets, but cannot take away: zero means "as it is" to it. */
const LIMITS = [
  "memory",
  "memoryReservation",
  "memorySwap",
  "cpuPeriod",
  "cpuQuota",
  "cpuSet",
  "cpuShares",
] as const;
const UPDATED_BY_ENGINE = [...LIMITS, "restart", "maxRetryCount"];

/**
 * Limits that `docker update` may have set where the program sets none. Not the swap limit: engines without swap
 * accounting report one of their own.
 */
export const WATCHED_LIMITS = LIMITS.filter((name) => name !== "memorySwap" && name !== "memoryReservation");

/** Properties for which the official plugin treats "" as what the image says. */
const EMPTY_IS_ABSENT = ["user", "workingDir"];

/** Amends the table's diff: a limit that is taken away replaces, and "" is no user and no folder. */
export function amendDiff(found: PropertyDiff[], olds: Properties, news: Properties): PropertyDiff[] {
  return found
    .filter(
      ({ property }) =>
        !(EMPTY_IS_ABSENT.includes(property) && (olds[property] || "") === (news[property] || "")),
    )
    .map((diff) => {
      const takenAway =
        LIMITS.some((limit) => limit === diff.property) &&
        Boolean(olds[diff.property]) &&
        !news[diff.property];
      return takenAway ? { ...diff, replace: true } : diff;
    });
}

/** @throws Error naming the container and the engine's reason. */
export async function updateInPlace(
  engine: Engine,
  id: string,
  olds: Properties,
  news: Properties,
): Promise<void> {
  const changed = UPDATED_BY_ENGINE.some((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]));
  if (!changed) return;
  try {
    await engine.docker.getContainer(id).update(updateRequest(news));
  } catch (error) {
    const name = read.requiredText(news, "name");
    throw new Error(`container "${name}" cannot be updated at ${engine.host}: ${engineMessage(error)}.`, {
      cause: error,
    });
  }
}

export function updateRequest(inputs: Properties): Dockerode.HostConfig {
  const request: Dockerode.HostConfig = { ...limits(inputs), RestartPolicy: restartPolicy(inputs) };
  // The engine keeps the old swap limit and then finds the new memory above it: set what creation would have set.
  if (request.Memory && request.MemorySwap === undefined) request.MemorySwap = request.Memory * 2;
  if (read.filledText(inputs, "cpus")) {
    delete request.CpuPeriod;
    delete request.CpuQuota;
  }
  return request;
}
