// `make soak RUNS=100`: kills so many changes of a stack of its own at random moments, recovers, and checks that nothing is lost or left.
// SUBJECT=sync disturbs syncs instead, RUNS times by each fault: network, gateway, engine, Mutagen, a laptop asleep, a full disk. FAULT="network cut" is
// that kind alone.
// SEED starts the series (one that failed is played again with RUNS=1 SEED=<its seed>), REPORT names a file for the results.
import { randomInt } from "node:crypto";
import * as fs from "node:fs";
import { KillLoop, type KillRun } from "../test/support/kill-loop";
import { reportTo, soakSync } from "../test/cli/sync-faults/soak";
import { soakReport, summary } from "../test/support/soak-report";
import { main, step } from "./lib/steps";

const LARGEST_SEED = 2 ** 31;

function wholeNumber(name: string, preset: number): number {
  const text = process.env[name] ?? "";
  if (text === "") return preset;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > LARGEST_SEED)
    throw new Error(`${name}=${text} is no whole number from 0 to ${LARGEST_SEED}`);
  return value;
}

function line({ seed, scenario, victim, momentSeconds, seconds, problems }: KillRun): string {
  const outcome = problems.length === 0 ? "ok" : `FAIL: ${problems.join("\n  ")}`;
  return `seed ${seed}: ${scenario}, ${victim.split("/").slice(-2).join("/")} killed after ${momentSeconds.toFixed(1)} s, whole again in ${seconds.toFixed(0)} s: ${outcome}\n`;
}

/** Kills of a change that was over before are runs too, but do not count as one of those that were asked for. */
const wasKilled = ({ victim }: KillRun): boolean => victim !== "nothing";

async function soakStack(count: number, first: number): Promise<void> {
  const loop = await step("bring a stack of its own up", () => KillLoop.start());
  const runs: KillRun[] = [];
  let interrupted = false;
  // The stack would stay behind, and with it what the round left half-done.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => (interrupted = true));
  try {
    while (!interrupted && runs.filter(wasKilled).length < count && runs.length < 2 * count) {
      const run = await loop.run(first + runs.length);
      runs.push(run);
      process.stdout.write(line(run));
      // After every round, since a series takes hours.
      if (process.env.REPORT) fs.writeFileSync(process.env.REPORT, soakReport(runs));
    }
  } finally {
    await step("remove it", () => loop.close());
  }
  process.stdout.write(`${summary(runs)}\n`);
  if (runs.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
}

main(async () => {
  const subject = process.env.SUBJECT || "stack";
  if (!["stack", "sync"].includes(subject)) throw new Error(`SUBJECT=${subject} is none: use stack or sync`);
  const count = wholeNumber("RUNS", subject === "sync" ? 20 : 100);
  const first = wholeNumber("SEED", randomInt(LARGEST_SEED - 20 * count));
  if (subject === "stack") return soakStack(count, first);
  const report = reportTo(process.env.REPORT);
  const { failed } = await soakSync({ count, firstSeed: first, kind: process.env.FAULT ?? "", report });
  if (failed > 0) process.exitCode = 1;
});
