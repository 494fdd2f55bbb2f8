import type { ContainerFacts, NamespaceFact } from "./container-facts";
import { judge, later, UNKNOWN, type Finding, type Rule } from "./finding";

/** Infra services that are reached from outside the host; apps are reached through the proxy. */
const PUBLISHING_ROLES = ["gateway", "onboarding", "proxy", "registry"];

/** A mode that opens the host's namespace, or another container's. */
function isForeign(mode: string | undefined): boolean {
  return mode === "host" || (mode ?? "").startsWith("container:");
}

export const explicitNetwork: Rule<ContainerFacts> = {
  name: "explicit-network",
  description:
    "A container names its network, or has none: on the engine's default bridge it would meet every stranger.",
  check: ({ networkMode, networks }) => [
    ...judge("networkMode", networkMode, (mode) =>
      mode === undefined || mode === "default" || mode === "bridge"
        ? ["it is on the engine's default network: set networkMode to the environment's network, or to none"]
        : [],
    ),
    ...networks.flatMap((name, index) =>
      judge(`networksAdvanced[${index}].name`, name, (known) =>
        known === "bridge"
          ? ["it joins the engine's default network: remove bridge from networksAdvanced"]
          : [],
      ),
    ),
  ],
};

function networkNamespace(mode: NamespaceFact["mode"]): NamespaceFact {
  return { property: "networkMode", mode };
}

export const hostNamespaces: Rule<ContainerFacts> = {
  name: "host-namespaces",
  description: "No container shares the host's namespaces or another container's.",
  check: ({ networkMode, networks, namespaces }) => [
    ...[networkNamespace(networkMode), ...namespaces].flatMap(({ property, mode }) =>
      judge(property, mode, (known) =>
        isForeign(known) ? [`${property} ${known ?? ""} takes its isolation away: remove ${property}`] : [],
      ),
    ),
    ...networks.flatMap((name, index) =>
      judge(`networksAdvanced[${index}].name`, name, (known) =>
        known === "host" ? ["it joins the host's network: remove host from networksAdvanced"] : [],
      ),
    ),
  ],
};

export const publishedPorts: Rule<ContainerFacts> = {
  name: "published-ports",
  description: "Only infra services publish ports on the host; apps are reached through the proxy.",
  check({ publishesPorts, role }): Finding[] {
    if (publishesPorts === UNKNOWN) return [later("ports")];
    if (!publishesPorts) return [];
    return judge("labels", role, (name) =>
      name !== undefined && PUBLISHING_ROLES.includes(name)
        ? []
        : ["it publishes a port on the host: remove ports, and let the proxy reach it by its labels"],
    );
  },
};
