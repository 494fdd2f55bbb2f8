import { SyncLab, type SyncLaptop } from "./sync-lab";

jest.setTimeout(120_000);

let lab: SyncLab;
let laptop: SyncLaptop;
beforeAll(async () => {
  lab = await SyncLab.start();
  laptop = await lab.laptop("01");
});
afterAll(() => lab.dispose());

describe("an app's source", () => {
  it("comes to the shared host, and edits go both ways", async () => {
    laptop.write({ "src/main.ts": "one" });
    const ready = JSON.parse((await laptop.succeed("resume", "shop", "--json")).stdout) as object;
    expect(ready).toMatchObject({ state: "created", conflicts: 0, problems: 0 });
    expect(await laptop.remote("cat src/main.ts")).toBe("one");
    laptop.write({ "src/main.ts": "two" });
    await laptop.until("the edit", async () => (await laptop.remote("cat src/main.ts")) === "two");
    await laptop.remote("echo three > other.txt");
    await laptop.until("the edit", () => laptop.read("other.txt") === "three\n");
  });

  it("needs no time when it is there already", async () => {
    const ready = JSON.parse((await laptop.succeed("resume", "shop", "--json")).stdout) as object;
    expect(ready).toMatchObject({ state: "running" });
  });
});
