import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { IdentityServices } from "../components/identity-services";
import { InfraServices, type InfraServicesArgs } from "../components/infra-services";
import { PrebuiltImages } from "../components/prebuilt-images";
import { proxyUrl } from "../components/proxy-service";
import type { ServiceSettings } from "../components/service-container";
import { SharedNetwork } from "../components/shared-network";
import type { LoadedConfig } from "../config/load";
import type { Scope } from "../spec/names";
import { appSecrets } from "./app-secrets";
import { declareApps } from "./apps";
import { engineProvider } from "./engine";
import { hostAccess, ownerOfHost } from "./host";
import type { HostAccess } from "./host-access";
import { checkLocalImages, neededImages } from "./image-check";
import { stackOutputs, type StackOutputs } from "./outputs";

/** Declares the whole graph of one environment and returns its outputs. What can be found missing is, before anything is created. */
export async function buildStack(loaded: LoadedConfig): Promise<StackOutputs> {
  const { config, engine } = loaded;
  const scope: Scope = { prefix: config.namePrefix, environment: config.environment };
  const build = { baseImage: config.baseImage, extraCaImage: loaded.extraCaImage, builder: config.builder };
  const host = await hostAccess(loaded);
  const provider = engineProvider(engine, host.registry);
  const needed = neededImages(loaded);
  await checkLocalImages(needed, provider);
  const secrets = await appSecrets(loaded);

  const providers = { docker: provider };
  const references = Object.fromEntries(needed.map(({ key, reference }) => [key, reference]));
  const prebuilt = new PrebuiltImages("images", { references }, { providers });
  // A component's children wait for what it waits for: nothing is created before every image is there.
  const options = { providers, dependsOn: prebuilt };
  const network = new SharedNetwork("network", { scope, subnet: config.network.subnet }, options);
  const services = new InfraServices(
    "infra",
    {
      ...{ scope, engine, build, postgres: config.postgres, redis: config.redis },
      prebuilt: config.environment === "dev" ? undefined : prebuilt,
      network: network.networkName,
      proxy: ownerOfHost(loaded) ? undefined : config.proxy,
      registry: ownRegistry(loaded, host),
    },
    options,
  );
  const identity = ownIdentity(loaded, host, { scope, engine, build }, options);
  const apps = declareApps(
    { loaded, scope, build, network: network.networkName, services, prebuilt, secrets },
    options,
  );
  return stackOutputs(config, host, { network, services, identity, apps });
}

/** Only dev lets developers in, for the whole host. */
function ownIdentity(
  { config }: LoadedConfig,
  { certificate, authority }: HostAccess,
  settings: ServiceSettings,
  options: ComponentResourceOptions,
): IdentityServices | undefined {
  if (config.environment !== "dev" || !config.identity.enabled || !certificate || !authority)
    return undefined;
  const { identity, gateway, workspaces, proxy } = config;
  return new IdentityServices(
    "identity",
    {
      ...{ ...settings, identity, gateway, workspaces, domain: proxy.domain, proxyUrl: proxyUrl(proxy) },
      ...{ certificate, authority },
    },
    options,
  );
}

/** Only dev runs a registry, and not where it is switched off or another is named. */
function ownRegistry({ config }: LoadedConfig, { certificate }: HostAccess): InfraServicesArgs["registry"] {
  if (config.environment !== "dev" || !certificate) return undefined;
  const { enabled, external, ...settings } = config.registry;
  return enabled && !external ? { ...settings, certificate } : undefined;
}
