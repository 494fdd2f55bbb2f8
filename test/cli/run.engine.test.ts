import { RunLab } from "./run-lab";
import type { SyncLaptop } from "./sync-lab";

jest.setTimeout(120_000);

let lab: RunLab;
let laptop: SyncLaptop;
beforeAll(async () => {
  lab = await RunLab.start();
  laptop = await lab.laptop("01");
});
afterAll(() => lab.dispose());

describe("berth run --reload", () => {
  it("brings the source to the host and the app up, tells where it is, and an edit is live", async () => {
    const fact = await lab.run(laptop, "shop", "--reload");
    expect(fact).toMatchObject({ action: "created", container: lab.name(laptop), reachable: false });
    expect(fact.url).toMatch(/^http:\/\/shop\.01\.localhost:\d+\/$/);
    expect(await lab.answer(laptop)).toEqual({ word: "one", cwd: "/app", uid: 10001, secrets: [] });
    laptop.write({ "word.js": 'module.exports = "two";\n' });
    await laptop.until("the edit", async () => (await lab.word(laptop)) === "two");
  });

  it("does nothing where nothing has changed, and starts what was stopped", async () => {
    const before = await lab.inspect(lab.name(laptop));
    expect((await lab.run(laptop, "shop", "--reload")).action).toBe("kept");
    await lab.fact(laptop, "stop", "shop");
    const fact = await lab.run(laptop, "shop", "--reload");
    process.stderr.write(JSON.stringify(fact) + "\n");
    expect(fact.action).toBe("started");
    const after = await lab.inspect(lab.name(laptop));
    expect(after?.Id).toBe(before?.Id);
  });
});
