import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerShell } from "./container-shell";

const PAUSE_MS = 500;

/**
 * Does something with the service; where that fails, waits until the service is ready and does it again. Each look at its health costs
 * a process in the container, and most of the time it is ready.
 * @throws Error of the second time, or naming the container and its last answer when the time is over.
 */
export async function onceReady<T>(
  shell: ContainerShell,
  timeoutSeconds: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch {
    // A service that has just started: what is wrong with a ready one, the second time says.
    await waitUntilReady(shell, timeoutSeconds);
    return work();
  }
}

/**
 * Runs the image's own health check until it is content.
 * @throws Error naming the container and its last answer when the time is over.
 */
export async function waitUntilReady(shell: ContainerShell, timeoutSeconds: number): Promise<void> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const problem = await problemOf(shell);
    if (problem === undefined) return;
    if (Date.now() >= deadline) {
      throw new Error(
        `provision: ${shell.container} was not ready after ${timeoutSeconds} s: ${problem}. ` +
          `Look at its log: docker logs ${shell.container}`,
      );
    }
    await sleep(PAUSE_MS);
  }
}

async function problemOf(shell: ContainerShell): Promise<string | undefined> {
  try {
    const { exitCode, stdout, stderr } = await shell.run(["/usr/local/bin/berth-health"], "");
    return exitCode === 0
      ? undefined
      : `${stdout}${stderr}`.trim() || `its health check ended with ${exitCode}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
