import * as fc from "fast-check";
import { MachinesApi } from "../../services/fly-machines/api";
import { readSettings } from "../../services/fly-machines/settings";
import { STEPS } from "../../services/fly-machines/steps";
import { FakeFly, type Fault } from "./api/fake-fly";
import { app, APP, machine, secrets, volume } from "./requests";

const ways: Pick<Fault, "answer" | "loseAnswer">[] = [
  { loseAnswer: true },
  { answer: { status: 500, body: { error: "internal" } } },
  { answer: { status: 422, body: { error: "refused" } } },
  { answer: { status: 429, body: { error: "rate limit" } } },
];

const faults = fc.array(
  fc.record({
    method: fc.constantFrom("GET", "POST", "PUT"),
    skip: fc.nat({ max: 8 }),
    way: fc.constantFrom(...ways),
  }),
  { minLength: 1, maxLength: 4 },
);

async function makeAll(api: MachinesApi): Promise<void> {
  await STEPS.app.make(api, app);
  const { id } = await STEPS.volume.make(api, volume);
  const { version } = await STEPS.secrets.make(api, secrets);
  await STEPS.machine.make(api, { ...machine, volume: id, secretsVersion: version });
}

test("whichever requests fail, and however: the next run ends with one of each, with secrets and running (contract test)", async () => {
  await fc.assert(
    fc.asyncProperty(faults, async (all) => {
      const fly = await FakeFly.start();
      try {
        const api = new MachinesApi(readSettings(fly.environment), 1);
        for (const { method, skip, way } of all) fly.fail({ method, path: /./, skip, ...way });
        // A run that fails says so, and is followed by another.
        await makeAll(api).catch((error: Error) => expect(error.message).toMatch(/^Fly\.io: /));
        fly.mend();
        await makeAll(api);
        expect(fly.app(APP).addresses).toHaveLength(2);
        expect(fly.app(APP).volumes).toHaveLength(1);
        expect(fly.machines).toMatchObject([
          { state: "started", environment: { BERTH_SECRET_KEY: secrets.values.BERTH_SECRET_KEY } },
        ]);
      } finally {
        await fly.close();
      }
    }),
    { numRuns: 10 },
  );
}, 60_000);
