import { BASE_IMAGE } from "../../scripts/base-image-parts/names";
import { OwnEngine } from "../support/own-engine";
import { Workbench } from "../support/workbench";
import { FaultLab } from "./sync-faults/fault-lab";
import { BACK_WITHIN_MS, type FaultLaptop } from "./sync-faults/fault-laptop";
import { diskFull, engineRestart } from "./sync-faults/faults";

const images = new Workbench();
let engine: OwnEngine | undefined;
let lab: FaultLab | undefined;
let laptop: FaultLaptop;
beforeAll(async () => {
  const image = await images.build("images/sync");
  engine = await OwnEngine.start();
  await engine.load([image, BASE_IMAGE]);
  lab = await FaultLab.start({ engine: engine.host, syncImage: image, smallDisk: true });
  laptop = await lab.laptop("01");
});
afterAll(async () => {
  await lab?.dispose();
  await engine?.remove();
  await images.dispose();
});

it("edits on both sides survive a restart of the engine", async () => {
  const { problems, backMs } = await laptop.disturb(engineRestart(engine!), 11);
  expect(problems).toEqual([]);
  expect(backMs).toBeLessThan(BACK_WITHIN_MS);
});

it("a full disk on the shared host is named per file, and what was kept back goes over when there is room", async () => {
  const { problems, backMs } = await laptop.disturb(diskFull, 12);
  expect(problems).toEqual([]);
  expect(backMs).toBeLessThan(BACK_WITHIN_MS);
});
