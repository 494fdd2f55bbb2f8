import * as pulumi from "@pulumi/pulumi";
import type { AppContainer } from "../components/app-container";
import type { IdentityServices } from "../components/identity-services";
import type { InfraServices } from "../components/infra-services";
import type { SharedNetwork } from "../components/shared-network";
import type { BerthConfig } from "../config/schema";
import type { HostAccess } from "./host-access";

/** What a stack exports: docs/outputs.md. */
export interface StackOutputs {
  environment: string;
  networkName: pulumi.Output<string>;
  proxyUrl: pulumi.Output<string>;
  appUrls: Record<string, pulumi.Output<string>>;
  appContainers: Record<string, pulumi.Output<string>>;
  appImages: Record<string, pulumi.Output<string>>;
  serviceContainers: Record<string, pulumi.Output<string>>;
  registryAddress: pulumi.Output<string>;
  registryUsername: pulumi.Output<string>;
  registryPassword: pulumi.Output<string>;
  dockerHost: pulumi.Output<string>;
  onboardingUrl: pulumi.Output<string>;
  caCertPem: pulumi.Output<string>;
  certificateExpiry: Record<string, pulumi.Output<string>>;
}

/** All that a stack is made of. */
export interface Declared {
  network: SharedNetwork;
  services: InfraServices;
  /** Where this stack lets developers in. */
  identity: IdentityServices | undefined;
  apps: AppContainer[];
}

/** Collects the outputs from what was declared. */
export function stackOutputs(
  { environment, registry }: BerthConfig,
  host: HostAccess,
  { network, services, identity, apps }: Declared,
): StackOutputs {
  const login = services.registry ?? host.registry;
  return {
    environment,
    networkName: network.networkName,
    proxyUrl: host.proxyUrl,
    appUrls: byKey(apps, (app) =>
      host.proxyUrl.apply((url) => `http://${app.hostName(new URL(url).hostname)}${portOf(url)}`),
    ),
    appContainers: byKey(apps, (app) => app.containerName),
    appImages: byKey(apps, (app) => app.imageName),
    serviceContainers: { ...services.containers, ...identity?.containers },
    registryAddress: pulumi.output(login?.address ?? registry.external?.address ?? ""),
    registryUsername: pulumi.output(login?.username ?? ""),
    registryPassword: pulumi.secret(login?.password ?? ""),
    dockerHost: pulumi.output(host.dockerHost),
    onboardingUrl: pulumi.output(host.onboardingUrl),
    caCertPem: host.caCertPem,
    certificateExpiry: host.certificateExpiry,
  };
}

function portOf(url: string): string {
  const { port } = new URL(url);
  return port === "" ? "" : `:${port}`;
}

function byKey<T>(apps: AppContainer[], value: (app: AppContainer) => T): Record<string, T> {
  return Object.fromEntries(apps.map((app) => [app.key, value(app)]));
}
