import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { createContainerShell } from "../../services/provision/container-shell";
import { lastLogLines } from "../../services/provision/last-log-lines";
import { look } from "../../services/provision/settle";
import type { LocalApp } from "../app/find-app";
import { Failure } from "../failure";

/** Whoever sits before it wants to see why, after some three seconds. */
const HOPELESS_RESTARTS = 5;
const FIRST_PAUSE_MS = 60;
const LONGEST_PAUSE_MS = 500;
/** Beyond the time that its berth.yaml gives it to start. */
const GRACE_SECONDS = 10;
/** After this long it is told what is waited for. */
const TELL_AFTER_MS = 3_000;

/**
 * Asks a container's own health check until it is content, rather than wait for the engine's next look at it.
 * @param tell gets a line when it takes long.
 * @throws Failure with why it is not healthy, and what it logged last. It stays as it is: an edit may be all that it needs.
 */
export async function waitUntilHealthy(
  engine: Docker,
  container: { id: string },
  app: LocalApp,
  tell: (line: string) => void,
): Promise<void> {
  const shell = createContainerShell(engine, container.id);
  const startedMs = Date.now();
  const seconds = app.manifest.health.startSeconds + GRACE_SECONDS;
  let isTold = false;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.3, LONGEST_PAUSE_MS)) {
    const { problem, final } = await look(engine, shell, HOPELESS_RESTARTS);
    if (problem === undefined) return;
    const passedMs = Date.now() - startedMs;
    if (final === true || passedMs > seconds * 1_000) {
      const when = final === true ? "" : ` after ${seconds} s`;
      const log = await lastLogLines(engine, container.id);
      throw new Failure(
        `app '${app.name}' is not healthy${when}: ${problem}. It stays as it is, and starts again by an edit; \`berth logs ${app.name} -f\` follows it.\n${log}`,
      );
    }
    if (!isTold && passedMs > TELL_AFTER_MS) {
      isTold = true;
      tell(`waiting for ${app.name}: ${problem}`);
    }
    await sleep(pause);
  }
}
