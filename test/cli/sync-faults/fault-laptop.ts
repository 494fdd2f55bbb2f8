import * as fs from "node:fs";
import * as path from "node:path";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConflictingFile } from "../../../cli/sync/conflicts/list";
import { NetworkNamespace } from "../../support/network-namespace";
import { SeededRandom } from "../../support/random";
import type { SyncLab, SyncLaptop } from "../sync-lab";
import type { Fault, FaultOutcome, Round } from "./fault";
import { SmallDisk } from "./small-disk";

const FOLDERS = 10;
const FILES = 200;
/** What may pass between the end of a disturbance and both sides being the same again. */
export const BACK_WITHIN_MS = 30_000;
/** Of the app in its container. */
const USER = 10_001;

export interface FaultLaptopOptions {
  /** Its source is on a disk of its own on the engine's side, which can be full. */
  smallDisk?: boolean;
}

/** A developer whose sync is disturbed. */
export class FaultLaptop {
  private rounds = 0;

  private constructor(
    readonly sync: SyncLab,
    readonly network: NetworkNamespace,
    readonly laptop: SyncLaptop,
    readonly disk: SmallDisk | undefined,
    /** The container's folder as this machine sees it, which can be edited while the container does not run. */
    private readonly there: string,
  ) {}

  static async start(sync: SyncLab, devId: string, { smallDisk }: FaultLaptopOptions): Promise<FaultLaptop> {
    const network = new NetworkNamespace();
    try {
      network.letThrough(sync.lab.gatewayPort);
      const laptop = await sync.laptop(devId, network);
      const disk = smallDisk === true ? await SmallDisk.make(laptop) : undefined;
      const names = Array.from({ length: FILES }, (_, index) => `f${index % FOLDERS}/${index}.txt`);
      laptop.write(Object.fromEntries(names.map((name) => [name, `first ${name}\n`])));
      await laptop.succeed("resume", "shop");
      const volume = laptop.container.replace(/sync$/, "shop-source");
      const there =
        disk?.folder ?? (await sync.lab.host("volume", "inspect", "--format", "{{.Mountpoint}}", volume));
      return new FaultLaptop(sync, network, laptop, disk, there);
    } catch (error) {
      network.remove();
      throw error;
    }
  }

  /** Disturbs, edits both sides meanwhile (and one file on both), ends the disturbance, and looks at what became of everything. */
  async disturb(fault: Fault, seed: number): Promise<FaultOutcome> {
    const round = { number: (this.rounds += 1), expected: this.laptop.localDigests() };
    const random = new SeededRandom(seed);
    const both = `both-${round.number}.txt`;
    const end = await fault.begin(this);
    const problems: string[] = [];
    try {
      // One right after the other: where the way is open, sync is quick.
      this.laptop.write({ [both]: `laptop ${round.number}` });
      this.writeThere(both, `container ${round.number}`);
      this.editLaptop(round, random);
      this.editContainer(round, random);
      problems.push(...((await fault.meanwhile?.(this, round)) ?? []));
      await sleep(fault.lastsMs);
    } finally {
      await end();
    }
    const startedMs = performance.now();
    problems.push(...(await this.untilSame(round.expected, both)));
    const backMs = performance.now() - startedMs;
    problems.push(...(await this.conflictProblems(both)));
    return { backMs, problems };
  }

  /** A file of the app as it is on the engine's side now. */
  readThere(name: string): Buffer {
    return fs.readFileSync(path.join(this.there, name));
  }

  async dispose(): Promise<void> {
    await this.laptop.laptop.stopBackground();
    if (!this.disk) return;
    await this.sync.lab.host("rm", "-f", this.laptop.container);
    this.disk.remove();
  }

  private writeThere(name: string, content: string): void {
    const file = path.join(this.there, name);
    const folder = path.dirname(file);
    if (fs.mkdirSync(folder, { recursive: true }) !== undefined) fs.chownSync(folder, USER, USER);
    fs.writeFileSync(file, content);
    fs.chownSync(file, USER, USER);
  }

  private editLaptop({ number, expected }: Round, random: SeededRandom): void {
    // Files with even numbers are the laptop's, so that only one file is edited on both sides.
    const own = [...expected.keys()].filter((name) => /[02468]\.txt$/.test(name));
    const [edited, removed] = [random.pick(own), random.pick(own)];
    const files = { [edited]: `laptop ${number}`, [`new/laptop-${number}-0.txt`]: `new ${number}` };
    this.laptop.write(files);
    for (const [name, content] of Object.entries(files)) expected.set(name, digest(content));
    if (removed === edited) return;
    fs.rmSync(path.join(this.laptop.source, removed));
    expected.delete(removed);
  }

  private editContainer({ number, expected }: Round, random: SeededRandom): void {
    const own = [...expected.keys()].filter((name) => /[13579]\.txt$/.test(name) && !name.startsWith("both"));
    const [edited, removed] = [random.pick(own), random.pick(own)];
    for (const name of [edited, `new-there/container-${number}-1.txt`]) {
      this.writeThere(name, `container ${number}`);
      expected.set(name, digest(`container ${number}`));
    }
    if (removed === edited) return;
    fs.rmSync(path.join(this.there, removed));
    expected.delete(removed);
  }

  private async untilSame(expected: Map<string, string>, both: string): Promise<string[]> {
    const deadline = Date.now() + BACK_WITHIN_MS;
    for (;;) {
      const problems = await this.differences(expected, both).catch((error: Error) => [error.message]);
      if (problems.length === 0 || Date.now() > deadline) return problems;
      await sleep(200);
    }
  }

  private async differences(expected: Map<string, string>, both: string): Promise<string[]> {
    const { status, paused } = await this.laptop.session();
    if (paused || status !== "watching") return [`the session is '${paused ? "paused" : status}'`];
    const sides = { laptop: this.laptop.localDigests(), container: await this.laptop.remoteDigests() };
    return Object.entries(sides).flatMap(([side, found]) => {
      const names = new Set([...expected.keys(), ...found.keys()]);
      names.delete(both);
      return [...names]
        .filter((name) => expected.get(name) !== found.get(name))
        .map(
          (name) =>
            `${side}: ${name} ${found.has(name) ? (expected.has(name) ? "is not as it was left" : "came back") : "is gone"}`,
        );
    });
  }

  /** Both versions are there and listed; then the laptop's is chosen, so that the next round begins clean. */
  private async conflictProblems(both: string): Promise<string[]> {
    const problems: string[] = [];
    const { stdout, exitCode, output } = await this.laptop.sync("conflicts", "shop", "--json");
    const listed = exitCode === 0 ? (JSON.parse(stdout) as { conflicts: ConflictingFile[] }).conflicts : [];
    const names = listed.map(({ path: name }) => name);
    if (names.join() !== both)
      problems.push(`the conflicts are [${names.join()}] and not [${both}]: ${output.slice(0, 300)}`);
    if (!this.laptop.read(both)?.startsWith("laptop"))
      problems.push("the laptop's version of the conflict is lost");
    const theirs = await this.laptop.remote(`cat ${both} || true`);
    if (!theirs.startsWith("container")) problems.push("the container's version of the conflict is lost");
    const resolved = await this.laptop.sync("resolve", "shop", "--keep", "mine", "--all");
    if (resolved.exitCode !== 0) problems.push(resolved.output);
    const flushed = await this.laptop.sync("flush", "shop");
    if (flushed.exitCode !== 0) problems.push(flushed.output);
    return problems;
  }
}

export function digest(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
