import { BACK_WITHIN_MS, type FaultLaptop } from "./sync-faults/fault-laptop";
import { FaultLab } from "./sync-faults/fault-lab";
import { daemonKilled, gatewayRestart, networkCut, suspended } from "./sync-faults/faults";

let lab: FaultLab | undefined;
let laptop: FaultLaptop;
beforeAll(async () => {
  lab = await FaultLab.start();
  laptop = await lab.laptop("01");
});
afterAll(() => lab?.dispose());

it.each([networkCut(1), networkCut(15), gatewayRestart, daemonKilled, suspended(3)])(
  "edits on both sides survive: $name",
  async (fault) => {
    const { problems, backMs } = await laptop.disturb(fault, 7);
    expect(problems).toEqual([]);
    expect(backMs).toBeLessThan(BACK_WITHIN_MS);
  },
);
