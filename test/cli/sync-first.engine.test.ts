import * as fs from "node:fs";
import * as path from "node:path";
import { SyncLab, type SyncLaptop } from "./sync-lab";

const FILES = 1_000;

let lab: SyncLab;
beforeAll(async () => {
  lab = await SyncLab.start();
});
afterAll(() => lab.dispose());

/** A tree that is large enough to go over as one archive. */
function grow(laptop: SyncLaptop): void {
  const files = Array.from({ length: FILES }, (_, index) => [
    `src/${index % 40}/file ${index}.ts`,
    `text ${index}`,
  ]);
  laptop.write({
    ...(Object.fromEntries(files) as Record<string, string>),
    "with 'quotes' and \"ö\"/naïve.txt": "odd",
    "bin/run": "#!/bin/sh\n",
    "node_modules/left/index.js": "laptop's own",
    "large.bin": Buffer.alloc(20 * 1024 * 1024, 7),
  });
  fs.chmodSync(path.join(laptop.source, "bin/run"), 0o700);
  fs.symlinkSync("bin/run", path.join(laptop.source, "link"));
}

describe("the first sync of a large tree", () => {
  it("brings every file whole, with its owner and mode, and leaves nothing beside them", async () => {
    const laptop = await lab.laptop("01");
    grow(laptop);
    const before = laptop.localDigests();
    const ready = JSON.parse((await laptop.succeed("resume", "shop", "--json")).stdout) as object;
    expect(ready).toMatchObject({ state: "created", conflicts: 0, problems: 0 });
    expect(await laptop.remoteDigests()).toEqual(before);
    expect(laptop.localDigests()).toEqual(before);
    const stat = "stat -c '%u:%g %a' bin bin/run 'src/0/file 0.ts' && readlink link && ls -A";
    expect((await laptop.remote(stat)).split("\n")).toEqual(
      ["10001:10001 755", "10001:10001 755", "10001:10001 644", "bin/run"].concat([
        "berth.yaml",
        "bin",
        "large.bin",
        "link",
        "src",
        "with 'quotes' and \"ö\"",
      ]),
    );
    laptop.write({ "src/0/file 0.ts": "edited" });
    await laptop.succeed("flush", "shop");
    expect(await laptop.remote("cat 'src/0/file 0.ts'")).toBe("edited");
  });

  it("has what is edited and deleted meanwhile as it was left, in no conflict", async () => {
    const laptop = await lab.laptop("02");
    grow(laptop);
    let edits = 0;
    const timer = setInterval(() => {
      edits += 1;
      laptop.write({ "src/1/file 1.ts": `edit ${edits}` });
      fs.rmSync(path.join(laptop.source, `src/2/file ${2 + 40 * (edits % 20)}.ts`), { force: true });
    }, 20);
    const ready = await laptop.succeed("resume", "shop", "--json").finally(() => clearInterval(timer));
    expect(edits).toBeGreaterThan(20);
    await laptop.succeed("flush", "shop");
    const left = laptop.localDigests();
    expect([...left.keys()].filter((name) => name.startsWith("src/2/")).length).toBeLessThan(10);
    expect(await laptop.remoteDigests()).toEqual(left);
    expect(JSON.parse(ready.stdout)).toMatchObject({ conflicts: 0 });
  });
});
