import * as path from "node:path";
import { RunLab } from "./run-lab";
import type { SyncLaptop } from "./sync-lab";

let lab: RunLab;
let laptop: SyncLaptop;
let shop: string;
beforeAll(async () => {
  lab = await RunLab.start();
  laptop = await lab.laptop("01");
  shop = path.join(laptop.workspace, "shop");
  laptop.write({ "package.json": '{ "scripts": { "test": "node check.js" } }\n' }, shop);
  await lab.run(laptop, "shop", "--reload");
});
afterAll(() => lab.dispose());

describe("berth test on live source", () => {
  it("tests the last edit, however fast it is asked", async () => {
    for (const code of [11, 12, 13]) {
      laptop.write({ "check.js": `console.log("edit ${code}"); process.exit(${code});\n` }, shop);
      const { exitCode, stdout } = await lab.berth(laptop, "test", "shop");
      expect([exitCode, stdout]).toEqual([code, expect.stringContaining(`edit ${code}`)]);
    }
  });

  it("does not test what may be old: where the source is not synchronised it says so", async () => {
    await laptop.laptop.berth("dev", "down");
    const { exitCode, output } = await lab.berth(laptop, "test", "shop");
    expect([exitCode, output]).toEqual([1, expect.stringContaining("berth run shop --reload")]);
  });
});
