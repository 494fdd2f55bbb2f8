import type { KillRun } from "./kill-loop";

const victimName = ({ victim }: KillRun): string =>
  /resource-[a-z]+/.exec(victim)?.[0].replace("resource-", "plugin ") ??
  (victim.includes("run-policy-pack") ? "policy pack" : undefined) ??
  (victim.endsWith("/bin/pulumi") ? "engine" : victim.includes("cmd/run") ? "program" : victim);

/** One line about all runs. */
export function summary(runs: KillRun[]): string {
  const failed = runs.filter(({ problems }) => problems.length > 0);
  const struck = runs.filter(({ victim }) => victim !== "nothing");
  const seeds = failed.length > 0 ? `; failed seeds: ${failed.map(({ seed }) => seed).join(", ")}` : "";
  return `${runs.length} runs, ${struck.length} killed in time, ${failed.length} failed${seeds}`;
}

/** The runs as a page of Markdown. */
export function soakReport(runs: KillRun[]): string {
  const rows = runs.map((run) =>
    [
      run.seed,
      run.scenario,
      victimName(run),
      run.momentSeconds.toFixed(1),
      run.recovered.replaceAll("|", "/") || "–",
      run.seconds.toFixed(0),
      run.problems.length === 0 ? "ok" : run.problems.join("; ").replaceAll("\n", " ").replaceAll("|", "/"),
    ].join(" | "),
  );
  return [
    `# Kills and recoveries\n`,
    `${summary(runs)}.\n`,
    "| seed | cut off | killed | after s | recover said | whole again in s | outcome |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row} |`),
    "",
  ].join("\n");
}
