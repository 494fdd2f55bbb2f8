import * as fs from "node:fs";
import { BASE_IMAGE } from "../../../scripts/base-image-parts/names";
import { OwnEngine } from "../../support/own-engine";
import { Traces } from "../../support/traces";
import { Workbench } from "../../support/workbench";
import type { FaultOutcome } from "./fault";
import { FaultLab } from "./fault-lab";
import type { FaultLaptop } from "./fault-laptop";
import { series, type SeededFault } from "./series";

/** So many are disturbed at the same time, each by a fault of its own, since most of a series is waiting. */
const LAPTOPS = ["01", "02", "03", "04"];

/** One fault, and how it went. */
export interface SyncRun extends FaultOutcome {
  fault: SeededFault;
}

export interface SoakOptions {
  /** Of each kind of fault. */
  count: number;
  firstSeed: number;
  /** Only this one; "" for all. */
  kind: string;
  /** Gets all runs after each of them, since a series takes long. */
  report: (runs: readonly SyncRun[]) => void;
}

/**
 * Disturbs syncs of its own so many times by each fault. What it makes goes also where it is interrupted, and what one that was killed
 * left goes first.
 */
export async function soakSync({ count, firstSeed, kind, report }: SoakOptions): Promise<{ failed: number }> {
  const traces = Traces.begin();
  traces.removeOnSignals();
  const runs: SyncRun[] = [];
  try {
    const images = new Workbench();
    const image = await images.build("images/sync");
    const engine = await OwnEngine.start();
    await engine.load([image, BASE_IMAGE]);
    const lab = await FaultLab.start({ engine: engine.host, syncImage: image, smallDisk: true });
    const laptops: FaultLaptop[] = [];
    for (const devId of LAPTOPS) laptops.push(await lab.laptop(devId));
    const faults = series({ count, firstSeed, kind, engine });
    const disturb = async (laptop: FaultLaptop, fault: SeededFault): Promise<void> => {
      runs.push({ fault, ...(await laptop.disturb(fault, fault.seed)) });
      report(runs);
    };
    await inTurns(laptops, faults.ofOneLaptop, disturb);
    await inTurns(laptops.slice(0, 1), faults.ofAll, disturb);
    await lab.dispose();
    await engine.remove();
    await images.dispose();
  } finally {
    traces.remove();
  }
  return { failed: runs.filter(({ problems }) => problems.length > 0).length };
}

/** Whoever has nothing to do takes the next. */
async function inTurns(
  laptops: readonly FaultLaptop[],
  faults: readonly SeededFault[],
  disturb: (laptop: FaultLaptop, fault: SeededFault) => Promise<void>,
): Promise<void> {
  const left = [...faults];
  await Promise.all(
    laptops.map(async (laptop) => {
      for (let next = left.shift(); next; next = left.shift()) await disturb(laptop, next);
    }),
  );
}

/** A line about the newest run, and all of them as tables in the file. */
export function reportTo(file: string | undefined): SoakOptions["report"] {
  return (runs) => {
    const newest = runs[runs.length - 1];
    if (newest) process.stdout.write(`${lineOf(newest)}\n`);
    if (file) fs.writeFileSync(file, table(runs));
  };
}

function lineOf({ fault, backMs, problems }: SyncRun): string {
  const outcome = problems.length === 0 ? "ok" : `FAIL: ${problems.join("; ")}`;
  return `seed ${fault.seed}: ${fault.name}, the same again in ${(backMs / 1000).toFixed(1)} s: ${outcome}`;
}

/** By kind; network cuts by their length, too, which is what they differ in. */
function table(runs: readonly SyncRun[]): string {
  const kinds = [...new Set(runs.map(({ fault }) => fault.kind))];
  const rows = kinds.flatMap((kind) => {
    const of = runs.filter(({ fault }) => fault.kind === kind);
    const lengths = [...new Set(of.map(({ fault }) => fault.lastsMs))].sort((a, b) => a - b);
    if (lengths.length < 3) return [row(kind, of)];
    const [third = 0, second = 0] = [1 / 3, 2 / 3].map(
      (share) => lengths[Math.floor(lengths.length * share)],
    );
    const bounds = [0, third, second, Infinity];
    const parts = [0, 1, 2].map((index) =>
      of.filter(
        ({ fault }) => fault.lastsMs >= (bounds[index] ?? 0) && fault.lastsMs < (bounds[index + 1] ?? 0),
      ),
    );
    return parts.filter((part) => part.length > 0).map((part) => row(`${kind}, ${span(part)}`, part));
  });
  const header = [
    "| fault | runs | failed | the same again in s, median | most |",
    "| --- | ---: | ---: | ---: | ---: |",
  ];
  return [...header, ...rows, ""].join("\n");
}

function span(runs: readonly SyncRun[]): string {
  const seconds = runs.map(({ fault }) => fault.lastsMs / 1_000);
  return `${Math.min(...seconds).toFixed(0)} to ${Math.max(...seconds).toFixed(0)} s`;
}

function row(what: string, runs: readonly SyncRun[]): string {
  const times = runs.map(({ backMs }) => backMs / 1000).sort((a, b) => a - b);
  const failed = runs.filter(({ problems }) => problems.length > 0).length;
  const figures = [times[Math.floor(times.length / 2)] ?? 0, times[times.length - 1] ?? 0];
  return `| ${[what, runs.length, failed, ...figures.map((figure) => figure.toFixed(1))].join(" | ")} |`;
}
