import { readApp } from "../../config/app-folder";
import { parseConfig, type LoadedConfig } from "../../config/load";

/** Plain config of a dev stack with both examples. */
export const sampleConfig = {
  environment: "dev",
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
  };
}
