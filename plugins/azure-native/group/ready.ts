import type Dockerode from "dockerode";
import type { Call, Properties } from "../../kit/types";
import { containerLogs } from "../../docker/container/logs";
import type { Cloud } from "../cloud/cloud";
import { containersOf, type GroupContainer, type Probe } from "./model";
import { probeProblem } from "./probes";
import { addressOf, findContainers } from "./state";

const INTERVAL_MS = 500;
const LOG_LINES = 20;

/**
 * Waits until every container's readiness probe passes, for as long as its own numbers allow, and asks each liveness probe once then.
 * @returns what is wrong; empty where all is well.
 */
export async function groupProblems(call: Call<Cloud>, id: string, inputs: Properties): Promise<string[]> {
  const problems: string[] = [];
  for (const container of containersOf(inputs)) {
    const problem = await containerProblem(call, id, container);
    if (problem !== undefined) problems.push(`container ${container.name}: ${problem}`);
  }
  return problems;
}

async function containerProblem(
  call: Call<Cloud>,
  id: string,
  container: GroupContainer,
): Promise<string | undefined> {
  const { readiness, liveness } = container;
  const deadline = Date.now() + patienceMs(readiness);
  for (;;) {
    call.signal.throwIfAborted();
    const found = await findContainers(call.client, id);
    const now = found.get(container.name);
    if (now === undefined) return "somebody removed it";
    const problem = await problemNow(call.client, now, addressOf(found), readiness);
    if (problem === undefined)
      return liveness && now.State.Running
        ? problemNow(call.client, now, addressOf(found), liveness)
        : undefined;
    if (Date.now() > deadline) return `${problem}\n${await lastLines(call.client, now.Id)}`;
    call.logStatus(`waiting for ${container.name}: ${problem}`);
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}

/** One that has ended well needs no probe. */
async function problemNow(
  cloud: Cloud,
  container: Dockerode.ContainerInspectInfo,
  address: string,
  probe: Probe | undefined,
): Promise<string | undefined> {
  const { Running: running, ExitCode: exitCode } = container.State;
  if (!running) return exitCode === 0 ? undefined : `it ended with ${exitCode}`;
  return probe && probeProblem(cloud.engine, container.Id, address, probe);
}

function patienceMs(probe: Probe | undefined): number {
  if (probe === undefined) return 0;
  return (probe.initialDelaySeconds + probe.periodSeconds * probe.failureThreshold) * 1000;
}

async function lastLines({ engine }: Cloud, id: string): Promise<string> {
  const lines = (await containerLogs(engine, id, false)).trimEnd().split("\n");
  return lines.slice(-LOG_LINES).join("\n");
}
