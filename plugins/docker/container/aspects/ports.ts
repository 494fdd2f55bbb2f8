/** Ports of the container that the host publishes. */
import type { Properties } from "../../../kit/types";
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect, InspectedContainer } from "../aspect";

interface Binding {
  HostIp?: string;
  HostPort?: string;
}

export const portsAspect: Aspect = {
  properties: spec.replacing({
    ports: spec.objectSet({
      internal: spec.integer({ required: true }),
      external: spec.integer(),
      ip: spec.text({ default: "0.0.0.0" }),
      protocol: spec.text({ default: "tcp" }),
    }),
    publishAllPorts: spec.flag(),
  }),

  toRequest(inputs, request) {
    const exposed: Record<string, object> = {};
    const bindings: Record<string, Binding[]> = {};
    for (const port of read.objects(inputs, "ports")) {
      const key = `${read.number(port, "internal")}/${read.text(port, "protocol") ?? "tcp"}`;
      const external = read.number(port, "external");
      exposed[key] = {};
      (bindings[key] ??= []).push({
        HostIp: read.filledText(port, "ip") ?? "0.0.0.0",
        HostPort: external ? String(external) : "",
      });
    }
    request.ExposedPorts = exposed;
    request.HostConfig.PortBindings = bindings;
    request.HostConfig.PublishAllPorts = read.flag(inputs, "publishAllPorts");
  },

  fromEngine(found) {
    const ports = publishedPorts(found);
    return read.defined({
      ports: found.HostConfig.PublishAllPorts ? undefined : ports,
      publishAllPorts: found.HostConfig.PublishAllPorts || undefined,
    });
  },
};

/** As they are published now; a container that does not run has them as asked for. */
export function publishedPorts(found: InspectedContainer): Properties[] {
  const live = found.State.Running ? found.NetworkSettings.Ports : undefined;
  const asked = (found.HostConfig.PortBindings ?? {}) as Record<string, Binding[] | null>;
  return Object.keys({ ...asked, ...(found.HostConfig.PublishAllPorts && live) })
    .sort((left, right) => parseInt(left) - parseInt(right))
    .flatMap((key) => {
      const [internal, protocol = "tcp"] = key.split("/");
      const wanted = asked[key] ?? [];
      // A dual-stack engine binds an unspecified address twice; only what was asked for is ours.
      const bindings = (live?.[key] ?? wanted).filter(
        ({ HostIp: ip }) =>
          wanted.length === 0 || wanted.some((binding) => (binding.HostIp || "0.0.0.0") === ip),
      );
      return bindings.map((binding) =>
        read.defined({
          internal: Number(internal),
          external: Number(binding.HostPort) || undefined,
          ip: binding.HostIp || "0.0.0.0",
          protocol,
        }),
      );
    });
}
