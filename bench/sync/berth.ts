import { execFileSync } from "node:child_process";
import { timedOrThrow } from "../lib/command";
import type { SyncLab, SyncLaptop } from "../../test/cli/sync-lab";
import type { EditedTree } from "./hot-edits";
import { makeTree } from "./tree";

/** One app of a developer, with its tree. */
export class BerthTree {
  private constructor(
    readonly laptop: SyncLaptop,
    readonly app: string,
    readonly source: string,
    readonly names: string[],
    /** Of the app's first `berth sync resume`: volume, sync container, session, and all files there. */
    readonly firstSyncSeconds: number,
  ) {}

  static async make(laptop: SyncLaptop, app: string, files: number): Promise<BerthTree> {
    const source = laptop.app(app);
    const names = makeTree(source, files);
    settled();
    const started = performance.now();
    await laptop.succeed("resume", app);
    return new BerthTree(laptop, app, source, names, (performance.now() - started) / 1_000);
  }

  /** As this host sees the volume. */
  async edited(lab: SyncLab): Promise<EditedTree> {
    const volume = this.laptop.container.replace(/sync$/, `${this.app}-source`);
    const seen = await lab.lab.host("volume", "inspect", "--format", "{{.Mountpoint}}", volume);
    return { source: this.source, seen, names: this.names };
  }

  /** The same tree by tar and docker cp, through the same gateway into the same container. */
  async byDockerCp(): Promise<number> {
    const { laptop, source } = this;
    const to = `/tmp/copy-${this.app}`;
    laptop.docker("exec", "--user", "0", laptop.container, "mkdir", to);
    settled();
    const line = `tar --create --directory '${source}' . | docker cp - ${laptop.container}:${to}`;
    const { seconds } = await timedOrThrow("sh", ["-c", line], { environment: laptop.dockerEnvironment });
    laptop.docker("exec", "--user", "0", laptop.container, "rm", "-rf", to);
    return seconds;
  }
}

/** Nothing is left to be written to the disk, so that what is measured pays for itself alone; what was just written is still in memory. */
function settled(): void {
  execFileSync("sync");
}
