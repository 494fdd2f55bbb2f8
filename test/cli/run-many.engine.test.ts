import { RunLab } from "./run-lab";
import type { SyncLaptop } from "./sync-lab";

const APPS = Array.from({ length: 10 }, (_, index) => `app-${index}`);

let lab: RunLab;
let laptops: SyncLaptop[];
beforeAll(async () => {
  lab = await RunLab.start();
  laptops = [await lab.laptop("01"), await lab.laptop("02")];
});
afterAll(() => lab.dispose());

it("two developers start twenty apps at the same time, each live from its own source", async () => {
  const all = laptops.flatMap((laptop) => APPS.map((app) => ({ laptop, app })));
  for (const { laptop, app } of all) {
    const folder = lab.writeApp(laptop, app);
    laptop.write({ "word.js": `module.exports = "${laptop.laptop.devId} ${app}";\n` }, folder);
  }
  await Promise.all(all.map(({ laptop, app }) => lab.run(laptop, app, "--reload")));
  for (const { laptop, app } of all)
    expect(await lab.word(laptop, app)).toBe(`${laptop.laptop.devId} ${app}`);

  const [{ laptop, app } = { laptop: laptops[0]!, app: "" }] = all.slice(-1);
  laptop.write({ "word.js": 'module.exports = "edited";\n' }, `${laptop.workspace}/${app}`);
  await laptop.until("the edit", async () => (await lab.word(laptop, app)) === "edited");
  expect(await lab.word(laptops[0]!, app)).toBe(`01 ${app}`);
});
