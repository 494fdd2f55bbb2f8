import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { BASE_IMAGE } from "../../scripts/base-image-parts/names";
import { LABEL } from "../../cli/sync/remote/labels";
import { OwnEngine } from "../support/own-engine";
import { Workbench } from "../support/workbench";
import { BACK_WITHIN_MS, FaultLab } from "./sync-faults/fault-lab";
import { engineRestart } from "./sync-faults/faults";

jest.setTimeout(120_000);

const images = new Workbench();
let engine: OwnEngine | undefined;
let lab: FaultLab | undefined;
beforeAll(async () => {
  const image = await images.build("images/sync");
  engine = await OwnEngine.start();
  await engine.load([image, BASE_IMAGE]);
  lab = await FaultLab.start({ engine: engine.host, syncImage: image });
});
afterAll(async () => {
  await lab?.dispose();
  await engine?.remove();
  await images.dispose();
});

it("edits on both sides survive a restart of the engine", async () => {
  const { problems, backMs } = await lab!.disturb(engineRestart(engine!), 11);
  expect(problems).toEqual([]);
  expect(backMs).toBeLessThan(BACK_WITHIN_MS);
});

it("a full disk on the shared host is named per file, and what was kept back goes over when there is room", async () => {
  const { laptop, sync } = lab!;
  const small = laptop.app("small");
  const labels = { role: "source", app: "small", volumeId: "0badd15c", user: "10001" } as const;
  const words = Object.entries(labels).flatMap(([key, value]) => [
    "--label",
    `${LABEL[key as keyof typeof LABEL]}=${value}`,
  ]);
  laptop.docker("volume", "create", ...words, "small-source");
  const volume = laptop.container.replace(/sync$/, "small-source");
  const folder = await sync.lab.host("volume", "inspect", "--format", "{{.Mountpoint}}", volume);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m,mode=755", "tmpfs", folder]);
  try {
    laptop.write({ "note.txt": "note" }, small);
    await laptop.succeed("resume", "small");
    laptop.write({ "large.bin": Buffer.alloc(6 * 2 ** 20, 7) }, small);
    await laptop.until("the problem", async () =>
      (await laptop.sync("status", "small")).output.includes("no space left on device"),
    );
    expect(fs.statSync(path.join(small, "large.bin")).size).toBe(6 * 2 ** 20);
    execFileSync("mount", ["-o", "remount,size=64m", folder]);
    await laptop.until(
      "both sides",
      async () => {
        const there = await laptop.remoteDigests("small").catch(() => new Map<string, string>());
        return there.get("large.bin") === laptop.localDigests(small).get("large.bin");
      },
      BACK_WITHIN_MS,
    );
  } finally {
    await sync.lab.host("rm", "-f", laptop.container);
    execFileSync("umount", [folder]);
  }
});
