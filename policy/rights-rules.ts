import { grantableCapabilities } from "./capabilities";
import type { ContainerFacts } from "./container-facts";
import { judge, type Rule } from "./finding";

export const noPrivileged: Rule<ContainerFacts> = {
  name: "no-privileged",
  description: "No container is privileged: it would own the host.",
  check: ({ privileged }) =>
    judge("privileged", privileged, (given) =>
      given ? ["it is privileged: remove privileged, and name the capabilities that it really needs"] : [],
    ),
};

/** With or without its prefix, as the engine takes both. */
function plainName(capability: string): string {
  return capability.toUpperCase().replace(/^CAP_/, "");
}

export const capabilities: Rule<ContainerFacts> = {
  name: "capabilities",
  description: "A container drops all Linux capabilities and gets back named, harmless ones only.",
  check: ({ capabilitiesDropped, capabilitiesAdded }) => [
    ...judge("capabilities.drops", capabilitiesDropped, (dropped) =>
      dropped.map(plainName).includes("ALL")
        ? []
        : ['it keeps capabilities: set capabilities.drops to ["ALL"]'],
    ),
    ...judge("capabilities.adds", capabilitiesAdded, (added) =>
      added
        .filter((name) => !(grantableCapabilities as readonly string[]).includes(plainName(name)))
        .map((name) => `${name} is no capability to give back: use only ${grantableCapabilities.join(", ")}`),
    ),
  ],
};

export const noNewPrivileges: Rule<ContainerFacts> = {
  name: "no-new-privileges",
  description:
    "No process of a container gains rights (no-new-privileges), and none of the engine's own filters is off.",
  check: ({ securityOptions }) =>
    judge("securityOpts", securityOptions, (options) => [
      ...(options.some((option) => /^no-new-privileges([:=]true)?$/.test(option))
        ? []
        : ['its processes can gain rights: add "no-new-privileges" to securityOpts']),
      ...options
        .filter((option) => /[:=](unconfined|disable)$/.test(option))
        .map((option) => `"${option}" switches a filter of the engine off: remove it from securityOpts`),
    ]),
};

export const noDevices: Rule<ContainerFacts> = {
  name: "no-devices",
  description: "No container gets devices of the host.",
  check: ({ devices }) =>
    devices.flatMap(({ property, given }) =>
      judge(property, given, (asked) =>
        asked ? [`${property} gives it hardware of the host: remove ${property}`] : [],
      ),
    ),
};

export const memoryLimit: Rule<ContainerFacts> = {
  name: "memory-limit",
  description: "Every container has a limit on memory, swap included, so that one cannot starve the host.",
  check: ({ memoryMb, memorySwapMb }) => [
    ...judge("memory", memoryMb, (limit) =>
      limit !== undefined && limit > 0 ? [] : ["it has no limit on memory: set memory, in MB"],
    ),
    ...judge("memorySwap", memorySwapMb, (limit) =>
      limit !== undefined && limit < 0 ? ["its swap has no limit: set memorySwap to the same as memory"] : [],
    ),
  ],
};
