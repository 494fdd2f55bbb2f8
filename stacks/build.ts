import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { AppContainer } from "../components/app-container";
import type { BuildSettings } from "../components/build-settings";
import { CertificateAuthority } from "../components/certificate-authority";
import { InfraServices } from "../components/infra-services";
import { IssuedCertificate } from "../components/issued-certificate";
import { proxyUrl } from "../components/proxy-service";
import { RuntimeImages } from "../components/runtime-images";
import { SharedNetwork } from "../components/shared-network";
import type { LoadedConfig } from "../config/load";
import { instanceKey, type Scope } from "../spec/names";

/** What a stack exports: docs/outputs.md. */
export interface StackOutputs {
  environment: string;
  networkName: pulumi.Output<string>;
  proxyUrl: string;
  appUrls: Record<string, string>;
  appContainers: Record<string, pulumi.Output<string>>;
  appImages: Record<string, pulumi.Output<string>>;
  serviceContainers: Record<string, pulumi.Output<string>>;
  caCertPem: pulumi.Output<string>;
  certificateExpiry: Record<string, pulumi.Output<string>>;
}

/** Declares the whole graph of one environment and returns its outputs. */
export function buildStack(loaded: LoadedConfig): StackOutputs {
  const { config, engine } = loaded;
  const { postgres, redis, proxy } = config;
  const scope: Scope = { prefix: config.namePrefix, environment: config.environment };
  const build = { baseImage: config.baseImage, extraCaImage: loaded.extraCaImage, builder: config.builder };
  const provider = new docker.Provider("engine", { host: engine.host, certPath: engine.certPath });
  const options = { providers: { docker: provider } };

  const network = new SharedNetwork("network", { scope, subnet: config.network.subnet }, options);
  const services = new InfraServices(
    "infra",
    { scope, engine, build, network: network.networkName, postgres, redis, proxy },
    options,
  );
  const certificates = issueCertificates(loaded);
  const apps = declareApps(loaded, scope, build, network, services, options);

  return {
    environment: config.environment,
    networkName: network.networkName,
    proxyUrl: proxyUrl(proxy),
    appUrls: byKey(apps, (app) => proxyUrl({ ...proxy, domain: app.hostName(proxy.domain) })),
    appContainers: byKey(apps, (app) => app.containerName),
    appImages: byKey(apps, (app) => app.imageName),
    serviceContainers: services.containers,
    caCertPem: certificates.caCertPem,
    certificateExpiry: certificates.expiry,
  };
}

function byKey<T>(apps: AppContainer[], value: (app: AppContainer) => T): Record<string, T> {
  return Object.fromEntries(apps.map((app) => [app.key, value(app)]));
}

function declareApps(
  { apps, engine, extraCa }: LoadedConfig,
  scope: Scope,
  build: BuildSettings,
  network: SharedNetwork,
  { postgres, redis }: InfraServices,
  options: pulumi.ComponentResourceOptions,
): AppContainer[] {
  const languages = apps.filter(({ image }) => image === undefined).map(({ manifest }) => manifest.language);
  const runtimeImages = new RuntimeImages("runtime", { scope, build, languages }, options);
  return apps.map(({ manifest, folder, absoluteFolder, developerId, image, reload, livePaths }) => {
    const key = instanceKey({ app: manifest.name, developerId });
    return new AppContainer(
      `app-${key.replace("/", "-")}`,
      {
        ...{
          scope,
          engine,
          build,
          manifest,
          folder,
          developerId,
          image,
          reload,
          runtimeImages,
          postgres,
          redis,
        },
        live: livePaths.length > 0 ? { sourceFolder: absoluteFolder, paths: livePaths } : undefined,
        extraCa: scope.environment === "dev" ? extraCa : undefined,
        network: network.networkName,
      },
      options,
    );
  });
}

function issueCertificates({ config }: LoadedConfig): {
  caCertPem: pulumi.Output<string>;
  expiry: Record<string, pulumi.Output<string>>;
} {
  const { root, issuing, server, clients } = config.certificates;
  const authority = new CertificateAuthority("ca", { organization: config.namePrefix, root, issuing });
  const domain = config.proxy.domain;
  const host = new IssuedCertificate("server", {
    authority,
    ...server,
    identity: {
      kind: "server",
      dnsNames: [domain, `*.${domain}`, "localhost", ...server.dnsNames],
      ipAddresses: ["127.0.0.1", "::1", ...server.ipAddresses],
    },
  });
  const expiry: Record<string, pulumi.Output<string>> = { ...authority.expiry, server: host.expiry };
  for (const { developerId, csrPem, ...validity } of clients) {
    const client = new IssuedCertificate(`client-${developerId}`, {
      authority,
      ...validity,
      identity: { kind: "client", csrPem },
    });
    expiry[`client-${developerId}`] = client.expiry;
  }
  return { caCertPem: authority.rootCertPem, expiry };
}
