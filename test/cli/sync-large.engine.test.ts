import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { SyncLab } from "./sync-lab";

const GIB = 1024 ** 3;

let lab: SyncLab;
beforeAll(async () => {
  lab = await SyncLab.start();
});
afterAll(() => lab.dispose());

it("brings a file of 1 GiB whole, and a change within it", async () => {
  const laptop = await lab.laptop("01");
  const file = path.join(laptop.source, "large.bin");
  execFileSync("sh", ["-c", `head -c ${GIB} /dev/urandom > '${file}'`]);
  const digest = (): string => execFileSync("sha256sum", [file]).toString().slice(0, 64);
  const remote = async (): Promise<string> => (await laptop.remote("sha256sum large.bin")).slice(0, 64);
  await laptop.succeed("resume", "shop");
  expect(await remote()).toBe(digest());

  const handle = fs.openSync(file, "r+");
  fs.writeSync(handle, "changed in the middle", GIB / 2);
  fs.closeSync(handle);
  await laptop.succeed("flush", "shop");
  expect(await remote()).toBe(digest());
});
