/** A laptop in a network of its own whose sync is disturbed while both sides are edited. */
import * as fs from "node:fs";
import * as path from "node:path";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { CliLabOptions } from "../cli-lab";
import type { ConflictingFile } from "../../../cli/sync/conflicts/list";
import { NetworkNamespace } from "../../support/network-namespace";
import { SeededRandom } from "../../support/random";
import { SyncLab, type SyncLaptop } from "../sync-lab";

const FOLDERS = 10;
const FILES = 200;
/** What may pass between the end of a disturbance and both sides being the same again. */
export const BACK_WITHIN_MS = 30_000;

/** How one disturbance went. */
export interface FaultOutcome {
  /** From its end until both sides were the same. */
  backMs: number;
  /** What is not as it must be; empty where all is well. */
  problems: string[];
}

export class FaultLab {
  private round = 0;

  private constructor(
    readonly sync: SyncLab,
    readonly network: NetworkNamespace,
    readonly laptop: SyncLaptop,
  ) {}

  static async start(options: CliLabOptions & { syncImage?: string } = {}): Promise<FaultLab> {
    const sync = await SyncLab.start(options);
    const network = new NetworkNamespace();
    try {
      network.letThrough(sync.lab.gatewayPort);
      const laptop = await sync.laptop("01", network);
      const names = Array.from({ length: FILES }, (_, index) => `f${index % FOLDERS}/${index}.txt`);
      laptop.write(Object.fromEntries(names.map((name) => [name, `first ${name}\n`])));
      await laptop.succeed("resume", "shop");
      return new FaultLab(sync, network, laptop);
    } catch (error) {
      await sync.dispose();
      network.remove();
      throw error;
    }
  }

  /** Disturbs, edits both sides meanwhile (and one file on both), ends the disturbance, and looks at what became of everything. */
  async disturb(fault: Fault, seed: number): Promise<FaultOutcome> {
    const round = (this.round += 1);
    const random = new SeededRandom(seed);
    const expected = this.laptop.localDigests();
    const folder = await this.laptop.remoteFolder();
    const end = await fault.begin(this);
    const both = `both-${round}.txt`;
    this.editLaptop(round, random, expected, both);
    await this.editContainer(round, random, expected, both, folder);
    await sleep(fault.lastsMs);
    await end();
    const startedMs = performance.now();
    const problems = await this.untilSame(expected, both);
    const backMs = performance.now() - startedMs;
    problems.push(...(await this.conflictProblems(both)));
    return { backMs, problems };
  }

  async untilContainerRuns(): Promise<void> {
    await this.laptop.until("the sync container", () =>
      this.laptop.inContainer("/", "true").then(
        () => true,
        () => false,
      ),
    );
  }

  async dispose(): Promise<void> {
    await this.sync.dispose();
    this.network.remove();
  }

  private editLaptop(round: number, random: SeededRandom, expected: Map<string, string>, both: string): void {
    // Files with even numbers are the laptop's, so that only one file is edited on both sides.
    const own = [...expected.keys()].filter((name) => /[02468]\.txt$/.test(name));
    const [edited, removed] = [random.pick(own), random.pick(own)];
    const files = {
      [edited]: `laptop ${round}`,
      [`new/laptop-${round}-0.txt`]: `new ${round}`,
      [both]: `laptop ${round}`,
    };
    this.laptop.write(files);
    for (const [name, content] of Object.entries(files)) expected.set(name, digest(content));
    if (removed === edited) return;
    fs.rmSync(path.join(this.laptop.source, removed));
    expected.delete(removed);
  }

  private async editContainer(
    round: number,
    random: SeededRandom,
    expected: Map<string, string>,
    both: string,
    folder: string,
  ): Promise<void> {
    const own = [...expected.keys()].filter((name) => /[13579]\.txt$/.test(name) && !name.startsWith("both"));
    const [edited, removed] = [random.pick(own), random.pick(own)];
    const added = `new-there/container-${round}-1.txt`;
    const lines = [
      `mkdir -p new-there`,
      `printf 'container ${round}' | tee '${edited}' '${added}' '${both}' > /dev/null`,
    ];
    for (const name of [edited, added]) expected.set(name, digest(`container ${round}`));
    if (removed !== edited) {
      lines.push(`rm '${removed}'`);
      expected.delete(removed);
    }
    await this.laptop.inContainer(folder, lines.join(" && "));
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
    await this.laptop.succeed("flush", "shop");
    return problems;
  }
}

/** Something that goes wrong for a time. */
export interface Fault {
  name: string;
  lastsMs: number;
  /** Begins it. @returns what ends it. */
  begin: (lab: FaultLab) => Promise<() => Promise<void> | void> | (() => Promise<void> | void);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
