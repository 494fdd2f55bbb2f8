import { grantableServices, type ServerSettings } from "../../../spec/gateway-api";
import { portRangeOf } from "../rules";
import type { Caller } from "../rules/types";
import type { GatewaySettings } from "../settings";

/** What a client must know of the host, for this caller. */
export function settingsFor(settings: GatewaySettings, caller: Caller): ServerSettings {
  const { prefix, stack, domain, proxyUrl, images, quota, defaults, publishAddress } = settings;
  const range = portRangeOf(settings, caller);
  return {
    ...{ prefix, stack, developerId: caller.developerId, role: caller.role, domain, proxyUrl, images },
    limits: { quota, defaults },
    ports: range ? { ...range, address: publishAddress } : null,
    services: grantableServices.filter((service) => canGive(settings, service)),
  };
}

/** Whether there is such a service, and a key to derive passwords for it. */
export function canGive({ services }: GatewaySettings, service: (typeof grantableServices)[number]): boolean {
  return services[service] !== undefined && services.keyFile !== undefined;
}
