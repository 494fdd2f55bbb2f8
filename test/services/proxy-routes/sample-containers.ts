import type { AppContainer, Network } from "../../../services/proxy-routes/candidates";

/** A network as an environment's stack makes it. */
export function network(environment: string, more: Partial<Network> = {}): Network {
  return {
    Id: `id-of-berth-${environment}-network`,
    Name: `berth-${environment}-network`,
    Labels: { "berth.role": "network", "berth.stack": `berth-${environment}`, "berth.env": environment },
    ...more,
  };
}

/** A running app of developer 01 in dev, or with other labels. */
export function container(
  labels: Record<string, string> = {},
  more: Partial<AppContainer> = {},
): AppContainer {
  const environment = labels["berth.env"] ?? "dev";
  return {
    Id: "0123456789ab".padEnd(64, "c"),
    Names: ["/berth-dev-01-shop"],
    Created: 100,
    State: "running",
    Labels: {
      "berth.app": "shop",
      "berth.env": environment,
      "berth.owner": "01",
      "berth.port": "3000",
      "berth.stack": `berth-${environment}`,
      ...labels,
    },
    NetworkSettings: {
      Networks: { [`berth-${environment}-network`]: { NetworkID: `id-of-berth-${environment}-network` } },
    },
    ...more,
  };
}
