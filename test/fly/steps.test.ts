import { MachinesApi } from "../../services/fly-machines/api";
import type { MachineRequest, VolumeRequest } from "../../services/fly-machines/request";
import { readSettings } from "../../services/fly-machines/settings";
import { STEPS } from "../../services/fly-machines/steps";
import { FakeFly } from "./api/fake-fly";

const APP = "berth-01-demo-abc123";
const guest = { cpu_kind: "shared", cpus: 1, memory_mb: 2048 } as const;
const app = { app: APP, organization: "acme", ipv4: "dedicated" };
const volume: VolumeRequest = {
  ...{ app: APP, name: "workspace", region: "fra", sizeGb: 10, snapshotRetentionDays: 5 },
  ...{ guest, deleteData: false },
};
const machine: MachineRequest = {
  ...{ app: APP, name: "workspace", region: "fra", volume: "", volumeGb: 10, running: true, attempt: "" },
  ...{ secretsVersion: null, withinSeconds: 5 },
  config: {
    ...{ image: "registry.fly.io/workspace:1", guest, mounts: [{ path: "/workspace" }] },
    services: [{ protocol: "tcp", internal_port: 2222, ports: [{ port: 2222 }], checks: [{ type: "tcp" }] }],
  },
};

let fly: FakeFly;
let api: MachinesApi;
beforeEach(async () => {
  fly = await FakeFly.start();
  api = new MachinesApi(readSettings(fly.environment));
});
afterEach(() => fly.close());

/** Everything, as a stack makes it. */
async function makeAll(changes: Partial<MachineRequest> = {}) {
  await STEPS.app.make(api, app);
  const { id } = await STEPS.volume.make(api, volume);
  return STEPS.machine.make(api, { ...machine, volume: id, ...changes });
}

const volumeId = (): string => fly.app(APP).volumes[0]?.id ?? "";

describe("the machine (contract tests against a fake Machines API)", () => {
  test("is made once, runs, and is found again by the next run", async () => {
    const made = await makeAll();
    expect(made.state).toBe("started");
    expect(await makeAll()).toEqual(made);
    expect(fly.machines).toHaveLength(1);
    expect(fly.machines[0]?.boots).toBe(1);
    expect(fly.requests.filter((request) => request.startsWith("POST"))).toHaveLength(5);
  });

  test("is stopped, keeps its volume, and starts again", async () => {
    const { id } = await makeAll();
    expect(await makeAll({ running: false })).toMatchObject({ id, state: "stopped" });
    expect(volumeId()).not.toBe("");
    expect(await makeAll({ attempt: "2" })).toMatchObject({ id, state: "started" });
  });
});
