import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { LABEL } from "../../../cli/sync/remote/labels";
import type { SyncLaptop } from "../sync-lab";

const SIZE_MB = 32;
const PIECE_BYTES = 64 * 1024;
/** Never synchronised, and no change that the guard would hear of. */
const FILLER = ".git/filler";

/** A disk of the engine that holds one developer's source and nothing else, so that it can be full. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** Makes the volume of the app `shop` on it, before the first sync does. The engine unmounts what is mounted below its own folder. */
  static async make(owner: SyncLaptop): Promise<SmallDisk> {
    const own = {
      role: "source",
      app: "shop",
      volumeId: `5a11d15c${owner.laptop.devId}`,
      user: "10001",
    } as const;
    const pairs = Object.entries(own).map(
      ([key, value]) => [LABEL[key as keyof typeof LABEL], value] as const,
    );
    owner.docker("volume", "create", ...flags("--label", pairs), "shop-source");
    const volume = owner.container.replace(/sync$/, "shop-source");
    // The gateway lets nobody choose a place on the host: made by it with its labels, it is made again with a place.
    const format = "{{json .Labels}}";
    const labels = await owner.lab.host("volume", "inspect", "--format", format, volume);
    await owner.lab.host("volume", "rm", volume);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-disk-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE_MB}m,mode=755`, "tmpfs", folder]);
    const place = { type: "none", o: "bind", device: folder };
    const words = [
      ...flags("--label", Object.entries(JSON.parse(labels) as Record<string, string>)),
      ...flags("--opt", Object.entries(place)),
    ];
    await owner.lab.host("volume", "create", ...words, volume);
    return new SmallDisk(folder);
  }

  /** Until nothing goes in any more. */
  fill(): void {
    const file = path.join(this.folder, FILLER);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    for (const piece of [Buffer.alloc(PIECE_BYTES, 7), Buffer.alloc(1, 7)]) {
      try {
        for (;;) fs.appendFileSync(file, piece);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      }
    }
  }

  makeRoom(): void {
    fs.rmSync(path.join(this.folder, FILLER));
  }

  remove(): void {
    execFileSync("umount", [this.folder]);
    fs.rmdirSync(this.folder);
  }
}

function flags(flag: string, pairs: readonly (readonly [string, string])[]): string[] {
  return pairs.flatMap(([key, value]) => [flag, `${key}=${value}`]);
}
