// `make test`: the static gates, then every test; ends with one line "N passed, N failed".
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { ENDED_BY, END_SIGNALS } from "../cli/failure";
import { HeldImages } from "../test/support/built-images";
import { gates, runGate, type GateResult } from "./lib/gates";
import { logFolder, projectRoot } from "./lib/paths";
import { main } from "./lib/steps";

interface Tally {
  passed: number;
  failed: number;
}

const jestSummary = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
  numPendingTests: z.number(),
});

async function runGates(): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (const gate of gates) tallies.push(told(`check: ${gate.name}`, await runGate(gate)));
  return tallies;
}

/** Prints the result, with all its output where it is no good one. */
function told(what: string, { passed, output, seconds }: GateResult): Tally {
  process.stdout.write(
    `${passed ? "PASS" : "FAIL"} ${what} (${seconds.toFixed(1)} s)\n${passed ? "" : output}`,
  );
  return passed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Runs one jest project. A run that leaves no summary, or leaves tests out, counts as failed. */
async function runJest(project: string, workers: number): Promise<Tally> {
  fs.mkdirSync(logFolder, { recursive: true });
  const summaryFile = path.join(logFolder, `jest-${project}.json`);
  fs.rmSync(summaryFile, { force: true });
  const args = [
    ...["--selectProjects", project, "--ci", `--maxWorkers=${workers}`],
    ...["--json", `--outputFile=${summaryFile}`, "--verbose=false"],
  ];
  const exitCode = await new Promise<number>((resolve, reject) => {
    const child = spawn(path.join(projectRoot, "node_modules/.bin/jest"), args, {
      cwd: projectRoot,
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
  if (!fs.existsSync(summaryFile)) return { passed: 0, failed: 1 };
  const summary = jestSummary.parse(JSON.parse(fs.readFileSync(summaryFile, "utf8")));
  const failed = summary.numFailedTests + summary.numRuntimeErrorTestSuites + summary.numPendingTests;
  return { passed: summary.numPassedTests, failed: exitCode === 0 ? failed : Math.max(failed, 1) };
}

/** Builds what the engine's tests start; a failure counts, and the tests that need the image say more. */
async function buildImages(images: HeldImages): Promise<Tally> {
  const startedMs = Date.now();
  const output = await images.build().then(
    () => "",
    (error: unknown) => `${String(error)}\n`,
  );
  const seconds = (Date.now() - startedMs) / 1000;
  return told("images of the tests build", { passed: output === "", output, seconds });
}

function releaseOnSignals(images: HeldImages): void {
  for (const signal of END_SIGNALS) {
    process.once(signal, () => void images.release().finally(() => process.exit(ENDED_BY[signal])));
  }
}

main(async () => {
  const tallies = await runGates();
  const images = new HeldImages();
  releaseOnSignals(images);
  // The engine's and the stacks' tests share one Docker engine with real builds: more than two at once only wait for each other.
  for (const [project, workers] of [
    ["unit", 2],
    ["engine", 2],
    ["e2e", 1],
  ] as const) {
    if (project === "engine") tallies.push(await buildImages(images));
    tallies.push(await runJest(project, workers));
  }
  await images.release();
  const sum = (field: keyof Tally): number => tallies.reduce((total, tally) => total + tally[field], 0);
  process.stdout.write(`${sum("passed")} passed, ${sum("failed")} failed\n`);
  if (sum("failed") > 0) process.exitCode = 1;
});
