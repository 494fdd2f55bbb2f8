import { z } from "zod";
import { allow, type RequestContext } from "../context";
import { findContainer } from "../lookup";
import { malformed, refuseField } from "../refusals";
import type { Allow } from "../types";
import { checkBody, restartPolicy } from "./fields";
import { limitFields } from "./limit-schema";
import { checkCpus, checkMemory } from "./limits";

const updateSchema = z.strictObject({ ...limitFields, RestartPolicy: restartPolicy });

/** New limits, within the quota; what is not named stays. */
export async function updateContainer(context: RequestContext): Promise<Allow> {
  const { ownership, quota } = context;
  const container = await findContainer(context, context.names["id"] ?? "", "own");
  const asked = checkBody(updateSchema, context.body);
  const { Memory, NanoCpus, MemoryReservation, CpuShares, CpusetCpus, PidsLimit, RestartPolicy } = asked;
  if (Memory) checkMemory(Memory, asked.MemorySwap, ownership.settings.quota.memoryMb);
  else if (asked.MemorySwap) refuseField("MemorySwap", "containers do not swap: give Memory alone");
  if (NanoCpus) checkCpus(NanoCpus, ownership.settings.quota.cpus);
  if (asked.Ulimits && asked.Ulimits.length > 0)
    refuseField("Ulimits", "they are set when a container is created");
  const name = container.Name.slice(1);
  const release = await quota.reserve(
    context,
    {
      container: {
        name,
        memoryBytes: Memory || (container.HostConfig.Memory ?? 0),
        nanoCpus: NanoCpus || (container.HostConfig.NanoCpus ?? 0),
      },
    },
    name,
  );
  return allow(context, `container ${name}`, {
    path: `/containers/${container.Id}/update`,
    body: {
      ...(Memory && { Memory, MemorySwap: Memory }),
      ...(NanoCpus && { NanoCpus }),
      ...(MemoryReservation && { MemoryReservation }),
      ...(CpuShares && { CpuShares }),
      ...(CpusetCpus && { CpusetCpus }),
      // Zero would take the limit away.
      ...(PidsLimit && { PidsLimit }),
      ...(RestartPolicy?.Name && { RestartPolicy }),
    },
    release,
  });
}

/** A new name in the caller's scheme, in the container's environment. */
export async function renameContainer(context: RequestContext): Promise<Allow> {
  const { ownership } = context;
  const container = await findContainer(context, context.names["id"] ?? "", "own");
  const asked = context.query.get("name")?.replace(/^\//, "") ?? "";
  if (asked === "") malformed("query parameter 'name' is missing");
  const environment = ownership.environmentOf(container.Config.Labels) ?? "dev";
  const name = ownership.physical(asked, environment);
  if (!name.startsWith(ownership.start(environment))) {
    refuseField("query parameter 'name'", `the container stays in ${environment}`);
  }
  return allow(context, `container ${container.Name.slice(1)}`, {
    path: `/containers/${container.Id}/rename`,
    query: [["name", name]],
  });
}
