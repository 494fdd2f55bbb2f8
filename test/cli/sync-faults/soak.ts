import * as fs from "node:fs";
import { BASE_IMAGE } from "../../../scripts/base-image-parts/names";
import { OwnEngine } from "../../support/own-engine";
import { Workbench } from "../../support/workbench";
import { FaultLab, type Fault, type FaultOutcome } from "./fault-lab";
import { daemonKilled, engineRestart, gatewayRestart, networkCut, suspended } from "./faults";

const LONGEST_CUT_SECONDS = 300;

interface SyncRun extends FaultOutcome {
  fault: string;
  seed: number;
}

/** Disturbs a sync of its own so many times by each fault; the network once in a series for five minutes. */
export async function soakSync(
  count: number,
  firstSeed: number,
  report: (markdown: string, line: string) => void,
): Promise<{ failed: number }> {
  const images = new Workbench();
  const image = await images.build("images/sync");
  const engine = await OwnEngine.start();
  await engine.load([image, BASE_IMAGE]);
  const lab = await FaultLab.start({ engine: engine.host, syncImage: image });
  const runs: SyncRun[] = [];
  try {
    for (let round = 0; round < count; round += 1) {
      for (const fault of faultsOf(round, engine)) {
        const seed = firstSeed + runs.length;
        const run = { fault: fault.name, seed, ...(await lab.disturb(fault, seed)) };
        runs.push(run);
        report(table(runs), lineOf(run));
      }
    }
  } finally {
    await lab.dispose();
    await engine.remove();
    await images.dispose();
  }
  return { failed: runs.filter(({ problems }) => problems.length > 0).length };
}

function faultsOf(round: number, engine: OwnEngine): Fault[] {
  const lasting = round === 0 ? [networkCut(LONGEST_CUT_SECONDS)] : [];
  return [
    ...[networkCut(1), networkCut(5), networkCut(30), ...lasting],
    ...[gatewayRestart, engineRestart(engine), daemonKilled, suspended(3), suspended(20)],
  ];
}

function lineOf({ fault, seed, backMs, problems }: SyncRun): string {
  const outcome = problems.length === 0 ? "ok" : `FAIL: ${problems.join("; ")}`;
  return `seed ${seed}: ${fault}, the same again in ${(backMs / 1000).toFixed(1)} s: ${outcome}`;
}

function table(runs: SyncRun[]): string {
  const faults = [...new Set(runs.map(({ fault }) => fault))];
  const rows = faults.map((fault) => {
    const of = runs.filter((run) => run.fault === fault);
    const times = of.map(({ backMs }) => backMs / 1000).sort((a, b) => a - b);
    const failed = of.filter(({ problems }) => problems.length > 0).length;
    const figures = [times[Math.floor(times.length / 2)] ?? 0, times[times.length - 1] ?? 0];
    return `| ${[fault, of.length, failed, ...figures.map((figure) => figure.toFixed(1))].join(" | ")} |`;
  });
  const header = [
    "| fault | runs | failed | same again in s, median | most |",
    "| --- | --- | --- | --- | --- |",
  ];
  return [...header, ...rows, ""].join("\n");
}

/** Writes the results after every run, since a series takes hours. */
export function reportTo(file: string | undefined): (markdown: string, line: string) => void {
  return (markdown, line) => {
    process.stdout.write(`${line}\n`);
    if (file) fs.writeFileSync(file, markdown);
  };
}
