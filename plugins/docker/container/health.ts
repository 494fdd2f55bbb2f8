/** Waiting until a container is healthy. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "../engine/client";
import type { InspectedContainer } from "./aspect";
import { inspectContainer, nameOf } from "./inspect";
import { containerLogs } from "./logs";

const POLL_MS = 250;
const LOG_LINES = 20;

/** The container did not become healthy. Its message names the container, its state and its last log lines. */
export class UnhealthyError extends Error {}

/**
 * @throws UnhealthyError when it has no health check, ended, was removed, or is not healthy in time.
 */
export async function waitUntilHealthy(
  engine: Engine,
  id: string,
  options: { timeoutSeconds: number; signal?: AbortSignal; onStatus?: (line: string) => void },
): Promise<void> {
  const end = Date.now() + options.timeoutSeconds * 1000;
  let told: string | undefined;
  for (;;) {
    const found = await inspectContainer(engine, id);
    if (!found)
      throw new UnhealthyError(`container ${id.slice(0, 12)} was removed while waiting for it to be healthy`);
    const health = found.State.Health?.Status;
    if (health === "healthy") return;
    const problem = problemOf(found, Date.now() > end, options);
    if (problem) throw new UnhealthyError(await explain(engine, found, problem));
    if (health !== told) options.onStatus?.(`waiting for ${nameOf(found)} to be healthy (now: ${health})`);
    told = health;
    await sleep(POLL_MS);
  }
}

function problemOf(
  found: InspectedContainer,
  late: boolean,
  options: { timeoutSeconds: number; signal?: AbortSignal },
): string | undefined {
  const { State: state } = found;
  if (!found.Config.Healthcheck || found.Config.Healthcheck.Test?.[0] === "NONE") {
    return `has no health check to wait for. Add one (healthcheck), or remove "wait"`;
  }
  if (!state.Running && !state.Restarting)
    return `ended with exit code ${state.ExitCode} before it was healthy`;
  if (options.signal?.aborted) return `was not healthy yet when the deployment was cancelled`;
  if (late)
    return `is ${state.Health?.Status ?? "without health state"} after ${options.timeoutSeconds} s (waitTimeout)`;
  return undefined;
}

async function explain(engine: Engine, found: InspectedContainer, problem: string): Promise<string> {
  const probe = found.State.Health?.Log?.at(-1);
  const output = (await containerLogs(engine, found.Id, found.Config.Tty, LOG_LINES)).trimEnd();
  return [
    `container "${nameOf(found)}" ${problem}.`,
    ...(probe
      ? [`Last health check: exit code ${probe.ExitCode}: ${probe.Output.trim() || "no output"}`]
      : []),
    output ? `Last log lines:\n${output}` : `It has logged nothing.`,
  ].join("\n");
}
