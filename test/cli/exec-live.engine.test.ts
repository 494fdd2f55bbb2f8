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

  it("says that the container has its own version of what both sides changed", async () => {
    await laptop.succeed("pause", "shop");
    laptop.write({ "check.js": "process.exit(14);\n" }, shop);
    await laptop.remote("echo 'process.exit(15);' > check.js");
    await laptop.succeed("resume", "shop");
    const { exitCode, output } = await lab.berth(laptop, "test", "shop");
    expect([exitCode, output]).toEqual([15, expect.stringContaining("berth sync conflicts shop")]);
    await laptop.succeed("resolve", "shop", "--keep", "mine", "check.js");
    const resolved = await lab.berth(laptop, "test", "shop");
    expect(resolved.exitCode).toBe(14);
    expect(resolved.output).not.toContain("berth sync conflicts");
  });

  it("does not test what may be old: where the source is not synchronised it says so", async () => {
    await laptop.laptop.berth("dev", "down");
    const { exitCode, output } = await lab.berth(laptop, "test", "shop");
    expect([exitCode, output]).toEqual([1, expect.stringContaining("berth run shop --reload")]);
  });
});
