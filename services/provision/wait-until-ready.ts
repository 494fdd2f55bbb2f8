import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerShell } from "./container-shell";

const PAUSE_MS = 500;

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
