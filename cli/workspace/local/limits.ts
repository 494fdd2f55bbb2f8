import type { ServerSettings } from "../../../spec/gateway-api";
import { workspaceSize, type WorkspaceSpec } from "../../../spec/workspace/workspace-spec";
import { EXIT, Failure } from "../../failure";

/**
 * Says what the gateway would refuse in words about a container, before anything is touched. What others of the developer's
 * take of the quota, the gateway knows.
 * @throws Failure (refused)
 */
export function refuseTooLarge({ limits: { quota } }: ServerSettings, { name, size }: WorkspaceSpec): void {
  const { cpus, memoryMb } = workspaceSize(size);
  const over = [
    ...(memoryMb > quota.memoryMb ? [`${memoryMb} MiB of memory, and you may have ${quota.memoryMb}`] : []),
    ...(cpus > quota.cpus ? [`${cpus} CPUs, and you may have ${quota.cpus}`] : []),
  ];
  if (over.length === 0) return;
  throw new Failure(
    `workspace '${name}' asks for ${over.join("; for ")} on the shared host: choose a smaller --size, or ask the operator for more (berth:gateway.quota)`,
    EXIT.refused,
  );
}
