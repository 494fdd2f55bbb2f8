import * as pulumi from "@pulumi/pulumi";
import { dockerHost, onboardingUrl } from "../components/identity-services";
import type { IssuingAuthority } from "../components/onboarding-service";
import type { LoadedConfig } from "../config/load";
import type { BerthConfig } from "../config/schema";
import { issueCertificates } from "./certificates";
import { proxyUrl } from "../components/proxy-service";
import { sharedHost } from "./shared-host";

/** Where images are pulled from and pushed to. */
export interface RegistryAccess {
  /** Host and port: the first part of image names; empty where there is no registry. */
  address: pulumi.Input<string>;
  username: pulumi.Input<string>;
  /** Secret. */
  password: pulumi.Input<string>;
}

/** What exists once on a host: made by this stack, or by the one that it refers to. */
export interface HostAccess {
  proxyUrl: pulumi.Output<string>;
  /** What clients trust. */
  caCertPem: pulumi.Output<string>;
  /** End of each certificate of this stack (RFC 3339), by name. */
  certificateExpiry: Record<string, pulumi.Output<string>>;
  /** Certificate of the host's TLS servers, where this stack has the CA. */
  certificate: { chainPem: pulumi.Output<string>; keyPem: pulumi.Output<string> } | undefined;
  /** What signs developers' certificates, where this stack has the CA. */
  authority: IssuingAuthority | undefined;
  /** DOCKER_HOST for developers, and where they get their certificate; empty where the host lets none in. */
  dockerHost: pulumi.Input<string>;
  onboardingUrl: pulumi.Input<string>;
  /** A registry of somebody else; the stack's own comes with its services. */
  registry: RegistryAccess | undefined;
}

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
