import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import type { ContainerShell } from "./container-shell";
import { lastLogLines } from "./last-log-lines";

/** Between two looks at it: soon at first, since most are ready at once, then seldom, since each costs a process in the container. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

/** A container that ends again and again is seldom met at the moment of its end; one that has no pids cgroup refuses always. */
const MOST_REFUSALS = 5;

/** The engine waits twice as long before each: after some 25 s it is no longer something that the next start mends. */
const HOPELESS_RESTARTS = 8;

/** What a container that was just started is brought to. */
export interface Settlement {
  /** Processes and threads together. */
  limit: number;
  timeoutSeconds: number;
}

/**
 * Limits the processes of a container, then asks its own health check until that is content. The engine asks too, but so seldom
 * (many containers that are asked often leave no time for anything else) that `up` would wait for its first answer.
 * @returns a line for the log.
 * @throws Error naming the container, why it is not ready and what it logged last.
 */
export async function settle(
  docker: Docker,
  shell: ContainerShell,
  { limit, timeoutSeconds }: Settlement,
): Promise<string> {
  const { container } = shell;
  const deadline = Date.now() + timeoutSeconds * 1000;
  let refusals = 0;
  let isLimited = false;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const refusal: Error | undefined = isLimited ? undefined : await limitProcesses(docker, container, limit);
    isLimited = refusal === undefined;
    if (refusal && ++refusals === MOST_REFUSALS) throw refusal;
    const { problem, final } = await look(docker, shell);
    if (isLimited && problem === undefined) return `${container} is healthy and may run ${limit} processes`;
    if (final || Date.now() >= deadline) {
      const when = final ? "" : ` after ${timeoutSeconds} s`;
      const log = await lastLogLines(docker, container);
      throw new Error(
        `container ${container} is not healthy${when}: ${problem ?? refusal?.message}.\n${log}`,
      );
    }
    await sleep(pause);
  }
}

/**
 * Docker can change the limit while the container runs, and keeps it over restarts (Engine API, ContainerUpdate: PidsLimit).
 * @returns why it was not done. The engine answers with 500, in one of several wordings, where the process ends at this very moment.
 */
async function limitProcesses(docker: Docker, container: string, limit: number): Promise<Error | undefined> {
  try {
    await docker.getContainer(container).update({ PidsLimit: limit });
    return undefined;
  } catch (error) {
    const { message, statusCode } = error as Error & { statusCode?: number };
    const refusal = new Error(
      `the processes of container ${container} cannot be limited to ${limit}: ${message}`,
      { cause: error },
    );
    if (statusCode === 404) throw refusal;
    return refusal;
  }
}

/** One look at a container. */
export interface Look {
  /** Why it is not ready; undefined where it is. */
  problem?: string;
  /** It will not become ready by itself. */
  final?: boolean;
}

/**
 * Asks a container's own health check once.
 * @param hopelessRestarts from how many on nobody waits for the next.
 */
export async function look(
  docker: Docker,
  shell: ContainerShell,
  hopelessRestarts = HOPELESS_RESTARTS,
): Promise<Look> {
  const {
    State: state,
    Config: config,
    RestartCount: restarts,
  } = await docker.getContainer(shell.container).inspect();
  const command = commandOf(config.Healthcheck?.Test);
  if (!command) return { problem: "it has no health check to wait for: give it one", final: true };
  if (state.Restarting) {
    const problem = `it ended with exit code ${state.ExitCode} and starts again (${restarts} times by now)`;
    return { problem, final: restarts >= hopelessRestarts };
  }
  if (!state.Running) return { problem: `it ended with exit code ${state.ExitCode}`, final: true };
  try {
    const { exitCode, stdout, stderr } = await shell.run(command, "");
    if (exitCode === 0) return {};
    return { problem: `${stdout}${stderr}`.trim() || `its health check ended with ${exitCode}` };
  } catch (error) {
    // It may have ended since the look at its state, and the next look says so.
    return { problem: (error as Error).message };
  }
}

/** The health check's command line (Engine API, HealthConfig: Test). */
function commandOf(test: string[] | undefined): string[] | undefined {
  const [kind, ...words] = test ?? [];
  if (kind === "CMD") return words;
  return kind === "CMD-SHELL" ? ["/bin/sh", "-c", ...words] : undefined;
}
