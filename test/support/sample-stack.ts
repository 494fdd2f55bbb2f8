import { readApp } from "../../config/app-folder";
import { parseConfig, type LoadedConfig } from "../../config/load";

/** A reference as `make promote` writes it. */
export const digestOf = (repository: string, digit = "a"): string =>
  `localhost:5443/${repository}@sha256:${digit.repeat(64)}`;

/** Plain config of tst or pro on dev's host, with one app. */
export const builtConfig = (environment: "tst" | "pro"): Record<string, unknown> => ({
  environment,
  network: { subnet: "10.90.0.0/24" },
  host: { stack: "dev" },
  identity: {},
  serviceImages: {
    postgres: { image: digestOf("berth-postgres") },
    redis: { image: digestOf("berth-redis") },
  },
  apps: [{ path: "examples/shop", image: digestOf("shop") }],
});

/** Plain config of a dev stack with both examples, where no developer is let in. */
export const sampleConfig = {
  environment: "dev",
  identity: { enabled: false },
  network: { subnet: "10.89.0.0/24" },
  apps: [
    { path: "examples/shop", developerId: "01" },
    { path: "examples/ledger", developerId: "01" },
  ],
};

/** What `loadConfig` gives for such a config on a Linux host with an engine of its own and no TLS-inspecting proxy. */
export function sampleStack(changes: Record<string, unknown> = {}): LoadedConfig {
  const config = parseConfig({ ...sampleConfig, ...changes }, "Pulumi.dev.yaml");
  return {
    config,
    engine: {
      host: "unix:///var/run/docker.sock",
      certPath: undefined,
      socketPath: "/var/run/docker.sock",
    },
    apps: config.apps.map((app) => readApp(process.cwd(), app)),
    extraCa: undefined,
    extraCaImage: "berth-extra-ca:none",
    configuredSecrets: {},
    registryPassword: undefined,
  };
}
