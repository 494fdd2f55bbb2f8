import type { MachineRequest, VolumeRequest } from "../../services/fly-machines/request";

// What a small workspace asks of each step.

export const APP = "berth-01-demo-abc123";
const guest = { cpu_kind: "shared", cpus: 1, memory_mb: 2048 } as const;

export const app = { app: APP, organization: "acme", ipv4: "dedicated" };

export const volume: VolumeRequest = {
  ...{ app: APP, name: "workspace", region: "fra", sizeGb: 10, snapshotRetentionDays: 5 },
  ...{ guest, deleteData: false },
};

export const secrets = { app: APP, prefix: "BERTH_SECRET_", values: { BERTH_SECRET_KEY: "canary" } };

export const machine: MachineRequest = {
  ...{ app: APP, name: "workspace", region: "fra", volume: "", volumeGb: 10, running: true, attempt: "" },
  ...{ secretsVersion: null, withinSeconds: 5 },
  config: {
    ...{ image: "registry.fly.io/workspace:1", guest, mounts: [{ path: "/workspace" }] },
    services: [{ protocol: "tcp", internal_port: 2222, ports: [{ port: 2222 }], checks: [{ type: "tcp" }] }],
  },
};
