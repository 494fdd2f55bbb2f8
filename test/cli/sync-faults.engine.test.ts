import { BACK_WITHIN_MS, FaultLab } from "./sync-faults/fault-lab";
import { daemonKilled, gatewayRestart, networkCut, suspended } from "./sync-faults/faults";

jest.setTimeout(120_000);

let lab: FaultLab;
beforeAll(async () => {
  lab = await FaultLab.start();
});
afterAll(() => lab.dispose());

it.each([networkCut(1), networkCut(10), gatewayRestart, daemonKilled, suspended(3)])(
  "edits on both sides survive: $name",
  async (fault) => {
    const { problems, backMs } = await lab.disturb(fault, 7);
    expect(problems).toEqual([]);
    expect(backMs).toBeLessThan(BACK_WITHIN_MS);
  },
);
