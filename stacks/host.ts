import * as pulumi from "@pulumi/pulumi";
import { dockerHost, onboardingUrl } from "../components/identity-services";
import type { LoadedConfig } from "../config/load";
import type { BerthConfig } from "../config/schema";
import { issueCertificates } from "./certificates";
import type { HostAccess, RegistryAccess } from "./host-access";
import { proxyUrl } from "../components/proxy-service";
import { sharedHost } from "./shared-host";

/** The stack that owns the proxy, registry and CA that this one uses; undefined where it owns them itself. */
export function ownerOfHost({ config }: LoadedConfig): "dev" | undefined {
  return config.environment === "dev" ? undefined : config.host.stack;
}

/** Makes or finds what exists once on the host. */
export async function hostAccess(loaded: LoadedConfig): Promise<HostAccess> {
  const owner = ownerOfHost(loaded);
  const external = externalRegistry(loaded);
  if (owner) {
    const shared = await sharedHost(owner);
    return { ...shared, registry: external ?? shared.registry };
  }
  const url = pulumi.output(proxyUrl(loaded.config.proxy));
  return {
    ...issueCertificates(loaded.config),
    ...identityAddresses(loaded.config),
    proxyUrl: url,
    registry: external,
  };
}

function identityAddresses(config: BerthConfig): Pick<HostAccess, "dockerHost" | "onboardingUrl"> {
  if (config.environment !== "dev" || !config.identity.enabled) return { dockerHost: "", onboardingUrl: "" };
  return { dockerHost: dockerHost(config), onboardingUrl: onboardingUrl(config) };
}

/** The registry that the config names; undefined where it names none, or one that asks for no login. */
function externalRegistry({ config, registryPassword }: LoadedConfig): RegistryAccess | undefined {
  const { external } = config.registry;
  if (!external || external.username === undefined || !registryPassword) return undefined;
  return { address: external.address, username: external.username, password: registryPassword };
}
