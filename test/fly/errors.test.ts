import { MachinesApi } from "../../services/fly-machines/api";
import { readSettings } from "../../services/fly-machines/settings";
import { STEPS } from "../../services/fly-machines/steps";
import { FakeFly } from "./api/fake-fly";
import { app, APP, machine, volume } from "./requests";

let fly: FakeFly;
let api: MachinesApi;
beforeEach(async () => {
  fly = await FakeFly.start();
  api = new MachinesApi(readSettings(fly.environment), 5);
});
afterEach(() => fly.close());

async function makeAll(changes: object = {}): Promise<void> {
  await STEPS.app.make(api, app);
  const { id } = await STEPS.volume.make(api, volume);
  await STEPS.machine.make(api, { ...machine, volume: id, ...changes });
}

/** Fly's refusal of a POST. */
const refuse = (path: RegExp, status: number, error: string, code?: string): void =>
  fly.fail({
    method: "POST",
    path,
    times: 20,
    answer: { status, body: { error, ...(code && { status: code }) } },
  });

describe("what Fly.io refuses (contract tests against a fake Machines API)", () => {
  test.each<[string, () => void, RegExp]>([
    [
      "a name that somebody else has",
      () => refuse(/\/apps\?/, 422, "Validation failed: Name has already been taken", "name_taken"),
      /cannot make the app of berth-.*: the name berth-.* belongs to somebody else there: choose another namePrefix/,
    ],
    [
      "an app of another organization",
      () => fly.behaviour.foreignApps.push(APP),
      /the token may not do that: make one for the organization acme .* or choose another namePrefix|then choose another namePrefix/,
    ],
    [
      "an unknown organization",
      () => refuse(/\/apps\?/, 404, "Could not find Organization"),
      /knows no organization acme: 'fly orgs list' has the slugs/,
    ],
    [
      "a volume in a full region",
      () => refuse(/\/volumes$/, 400, "no capacity"),
      /cannot make the volume .*: region fra has no room for it now: try again later, with a smaller size/,
    ],
    [
      "a volume in no region",
      () => void (fly.behaviour.regions = ["ams"]),
      /it has no region fra: 'fly platform regions' lists them/,
    ],
    [
      "a machine in a full region",
      () => refuse(/\/machines$/, 422, "no hosts available", "insufficient_capacity"),
      /cannot make the machine .*: region fra has no room for it now/,
    ],
    [
      "a machine beside a volume on a full host",
      () =>
        refuse(
          /\/machines$/,
          412,
          "insufficient resources to create new machine with existing volume 'vol_1'",
        ),
      /the host that holds the volume has no room .*'fly volumes fork' copies the volume/,
    ],
    [
      "memory over the quota",
      () => refuse(/\/machines$/, 403, "this machine would be over the allowed quota"),
      /the organization .*may have no more: remove what it does not need, or raise its limit/,
    ],
    [
      "more than an unpaid account may have",
      () => refuse(/\/machines$/, 422, "To create more than 1 machine per app please add a payment method."),
      /may have no more/,
    ],
    [
      "an image that is not there",
      () => refuse(/\/machines$/, 400, "failed to get manifest registry.fly.io/workspace:1"),
      /cannot pull the image registry\.fly\.io\/workspace:1: push it to registry\.fly\.io/,
    ],
    [
      "something nobody foresaw, in Fly's words and with the request's id",
      () => refuse(/\/machines$/, 418, "I'm a teapot"),
      /cannot make the machine of berth-.*: POST \/apps\/.* answered 418: "I'm a teapot", request 01\w+-fra/,
    ],
  ])("%s", async (_, arrange, says) => {
    arrange();
    await expect(makeAll()).rejects.toThrow(says);
  });

  test("a token that is none of its own", async () => {
    api = new MachinesApi(readSettings({ ...fly.environment, FLY_API_TOKEN: "fm2_other" }), 5);
    await expect(makeAll()).rejects.toThrow(/it does not take the token: set FLY_API_TOKEN to a new one/);
  });

  test("an app that belongs to another organization of the same person", async () => {
    await STEPS.app.make(api, { ...app, organization: "other" });
    await expect(makeAll()).rejects.toThrow(
      /belongs to the organization other and not to acme: name that one/,
    );
  });

  test.each<[string, object, RegExp]>([
    ["move", { region: "ams" }, /is in region fra and cannot move to ams: set the region to fra/],
    ["shrink", { sizeGb: 5 }, /has 10 GB and cannot shrink to 5: set diskGb to 10 or more/],
  ])("a volume that is to %s", async (_, changes, says) => {
    await makeAll();
    await expect(STEPS.volume.make(api, { ...volume, ...changes })).rejects.toThrow(says);
  });

  test("a volume that is not encrypted", async () => {
    await makeAll();
    for (const one of fly.app(APP).volumes) one.encrypted = false;
    await expect(makeAll()).rejects.toThrow(/is not encrypted, and cannot become so: save what is on it/);
  });

  test("two volumes of the same name, of which none is attached", async () => {
    await STEPS.app.make(api, app);
    await STEPS.volume.make(api, volume);
    const [one] = fly.app(APP).volumes;
    if (one) fly.app(APP).volumes.push({ ...one, id: "vol_2" });
    await expect(makeAll()).rejects.toThrow(/has several volumes 'workspace' \(vol_\w+, vol_2\)/);
  });

  test("a machine with another volume, or in another region", async () => {
    await makeAll();
    await expect(STEPS.machine.make(api, { ...machine, volume: "vol_2" })).rejects.toThrow(
      /mounts the volume vol_\w+ and cannot change to vol_2/,
    );
    const id = fly.app(APP).volumes[0]?.id;
    await expect(STEPS.machine.make(api, { ...machine, volume: id, region: "ams" })).rejects.toThrow(
      /is in region fra and cannot move to ams/,
    );
  });
});

describe("a machine that does not come up (contract tests against a fake Machines API)", () => {
  test("says how its program ended", async () => {
    fly.behaviour.exitCode = 78;
    // It ends before it answers, however late the fake's timers are.
    fly.behaviour.checksAfterMs = 60_000;
    await expect(makeAll()).rejects.toThrow(
      /is stopped: its program ended with exit code 78: 'fly logs -a berth-/,
    );
  });

  test("names the checks that fail, once its time is over", async () => {
    fly.behaviour.checksAfterMs = 60_000;
    await expect(makeAll({ withinSeconds: 1 })).rejects.toThrow(
      /its checks do not pass after 1 s \(servicecheck-0-2222: dial tcp: connection refused\)/,
    );
  });

  test("names its state, once its time is over", async () => {
    fly.behaviour.stepMs = 1_300;
    await STEPS.app.make(api, app);
    fly.behaviour.stepMs = 10;
    const { id } = await STEPS.volume.make(api, volume);
    fly.behaviour.stepMs = 1_300;
    await expect(STEPS.machine.make(api, { ...machine, volume: id, withinSeconds: 1 })).rejects.toThrow(
      /the machine \w+ of berth-.* is not started after 1 s/,
    );
  });
});

describe("an API that does not answer (contract tests against a fake Machines API)", () => {
  test("is named", async () => {
    const { FLY_FLAPS_BASE_URL: address } = fly.environment;
    fly.fail({ method: "GET", path: /^\/apps\/[^/]+$/, times: 20, loseAnswer: true });
    await expect(STEPS.app.make(api, app)).rejects.toThrow(
      new RegExp(`got no answer from ${address}: .*: check the connection`),
    );
  });
});
