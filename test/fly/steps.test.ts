import { MachinesApi } from "../../services/fly-machines/api";
import type { MachineRequest, Step } from "../../services/fly-machines/request";
import { readSettings } from "../../services/fly-machines/settings";
import { STEPS } from "../../services/fly-machines/steps";
import { FakeFly, type Fault } from "./api/fake-fly";
import { app, APP, machine, secrets, volume } from "./requests";

let fly: FakeFly;
let api: MachinesApi;
beforeEach(async () => {
  fly = await FakeFly.start();
  api = new MachinesApi(readSettings(fly.environment), 5);
});
afterEach(() => fly.close());

/** All steps in turn, as a stack takes them. */
async function makeAll(changes: Partial<MachineRequest> = {}) {
  await STEPS.app.make(api, app);
  const { id } = await STEPS.volume.make(api, volume);
  return STEPS.machine.make(api, { ...machine, volume: id, ...changes });
}

const volumes = () => fly.apps.get(APP)?.volumes.filter(({ state }) => state === "created") ?? [];
const posts = (): string[] => fly.requests.filter((request) => request.startsWith("POST"));
/** Leases aside, which are about who may. */
const changes = (): string[] => posts().filter((request) => !request.endsWith("/lease"));

describe("the steps (contract tests against a fake Machines API)", () => {
  test("make everything once: another run finds it and changes nothing", async () => {
    const made = await makeAll();
    expect(made.state).toBe("started");
    const first = changes();
    expect(first).toHaveLength(5);
    expect(await makeAll()).toEqual(made);
    expect(changes()).toEqual(first);
    expect(fly.machines).toMatchObject([{ boots: 1 }]);
  });

  test.each([/\/apps\?/, /\/volumes$/, /\/machines$/])(
    "see what is there when the answer to a POST %s was lost",
    async (path) => {
      fly.fail({ method: "POST", path, loseAnswer: true });
      expect(await makeAll()).toMatchObject({ state: "started" });
      expect(fly.apps.size).toBe(1);
      expect(fly.app(APP).addresses).toHaveLength(2);
      expect(volumes()).toHaveLength(1);
      expect(fly.machines).toHaveLength(1);
    },
  );

  test("boot the machine again for another config under a lease, and leave none behind", async () => {
    await makeAll();
    await makeAll({ config: { ...machine.config, image: "registry.fly.io/workspace:2" } });
    expect(fly.machines).toMatchObject([{ boots: 2, config: { image: "registry.fly.io/workspace:2" } }]);
    expect(fly.machines[0]?.lease).toBeUndefined();
  });

  test("change a stopped machine without starting it", async () => {
    await makeAll({ running: false });
    expect(fly.machines).toMatchObject([{ state: "created", boots: 0 }]);
    await makeAll({ running: false, config: { ...machine.config, image: "registry.fly.io/workspace:2" } });
    expect(fly.machines).toMatchObject([{ state: "stopped", boots: 0 }]);
  });

  test("wait for somebody else's lease to end", async () => {
    await makeAll();
    const [one] = fly.machines;
    if (one) one.lease = { nonce: "1", owner: "other@example.org", expiresAtMs: Date.now() + 300 };
    await makeAll({ config: { ...machine.config, image: "registry.fly.io/workspace:2" } });
    expect(fly.machines).toMatchObject([{ boots: 2 }]);
  });

  test("take up a machine that has the name, whoever made it", async () => {
    const { id } = await makeAll();
    for (const one of fly.machines) delete one.config.metadata;
    expect(await makeAll()).toMatchObject({ id, state: "started" });
  });

  test("set secrets, take away those that are no more, and leave others alone", async () => {
    await STEPS.app.make(api, app);
    expect(await STEPS.secrets.make(api, secrets)).toEqual({ version: 1, names: ["BERTH_SECRET_KEY"] });
    fly.app(APP).secrets.set("OTHER", "1");
    await STEPS.secrets.make(api, { ...secrets, values: { BERTH_SECRET_NEW: "2" } });
    expect([...fly.app(APP).secrets.keys()]).toEqual(["OTHER", "BERTH_SECRET_NEW"]);
    expect(await STEPS.secrets.remove(api, secrets)).toBe(`1 secrets of ${APP} were removed`);
    expect([...fly.app(APP).secrets.keys()]).toEqual(["OTHER"]);
    expect(await STEPS.secrets.make(api, { ...secrets, values: {} })).toEqual({ version: null, names: [] });
  });

  test("release an address that costs where it is wanted no more", async () => {
    await STEPS.app.make(api, app);
    const { addresses } = await STEPS.app.make(api, { ...app, ipv4: "shared" });
    expect(addresses).toHaveLength(2);
    expect(fly.app(APP).addresses).toMatchObject([{ shared: false }, { shared: true }]);
  });

  test("extend the volume and change its snapshots", async () => {
    await makeAll();
    await STEPS.volume.make(api, { ...volume, sizeGb: 20, snapshotRetentionDays: 14 });
    expect(volumes()).toMatchObject([{ size_gb: 20, snapshot_retention: 14 }]);
  });

  test("keep the volume, and with it the app, when everything is removed; delete it where that is asked for", async () => {
    await makeAll();
    const [{ id } = { id: "" }] = volumes();
    const request = { ...machine, volume: id };
    expect(await STEPS.machine.remove(api, request)).toMatch(/^machine \w+ of .* was removed$/);
    expect(await STEPS.volume.remove(api, volume)).toMatch(`volume ${id} of ${APP} is kept, with home`);
    expect(await STEPS.app.remove(api, app)).toMatch(`app ${APP} stays, because it holds volume ${id}`);
    expect(volumes()).toHaveLength(1);
    expect(await STEPS.volume.remove(api, { ...volume, deleteData: true })).toMatch(/was deleted$/);
    expect(await STEPS.app.remove(api, app)).toBe(`app ${APP} was removed`);
    expect(fly.apps.size).toBe(0);
  });

  test.each(["failed", "created", "suspended"])("remove a machine that is %s", async (state) => {
    await makeAll();
    for (const one of fly.machines) one.state = state;
    await STEPS.machine.remove(api, { ...machine, volume: volumes()[0]?.id ?? "" });
    expect(fly.machines).toEqual([]);
  });

  test("end the machine's work before it is removed", async () => {
    await makeAll();
    await STEPS.machine.remove(api, { ...machine, volume: volumes()[0]?.id ?? "" });
    const stop = fly.requests.findIndex((request) => request.endsWith("/stop"));
    expect(stop).toBeGreaterThan(0);
    expect(fly.requests.findIndex((request) => request.startsWith("DELETE"))).toBeGreaterThan(stop);
  });

  test.each<Step>(["app", "volume", "secrets", "machine"])(
    "find no %s to remove where all is gone",
    async (step) => {
      const requests = { app, volume, secrets, machine: { ...machine, volume: "vol_1" } };
      await expect(STEPS[step].remove(api, requests[step])).resolves.toMatch(/gone already|0 secrets/);
    },
  );
});

describe("faults that pass (contract tests against a fake Machines API)", () => {
  const passing: [string, Fault][] = [
    ["429", { method: "POST", path: /\/machines$/, answer: { status: 429, body: { error: "rate limit" } } }],
    ["503 to a GET", { method: "GET", path: /\/volumes$/, answer: { status: 503, body: {} } }],
    ["502 to a create", { method: "POST", path: /\/machines$/, answer: { status: 502, body: {} } }],
    [
      "412 while secrets are on their way",
      {
        ...{ method: "POST", path: /\/machines$/ },
        answer: { status: 412, body: { error: "min_secrets_version 1 is not yet available on this app" } },
      },
    ],
    [
      "408 to a wait",
      { method: "GET", path: /\/wait\?/, answer: { status: 408, body: { error: "deadline" } } },
    ],
  ];
  test.each(passing)("%s is asked again", async (_, fault) => {
    fly.fail(fault);
    expect(await makeAll()).toMatchObject({ state: "started" });
    expect(fly.machines).toHaveLength(1);
  });

  test("the pause that Retry-After asks for is made", async () => {
    const answer = { status: 429, body: { error: "slow" }, headers: { "retry-after": "1" } };
    fly.fail({ method: "GET", path: /^\/apps\/[^/]+$/, answer });
    const startMs = Date.now();
    await STEPS.app.make(api, app);
    expect(Date.now() - startMs).toBeGreaterThan(1_000);
  });
});
