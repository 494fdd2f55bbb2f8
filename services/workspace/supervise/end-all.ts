import { setTimeout as sleep } from "node:timers/promises";
import { ownProcesses, type OwnProcess } from "../idle/own-processes";
import type { Log } from "../log";
import type { Service } from "./service";

/** Engines and platforms kill 10 s after their signal: what is left must have gone before. */
const PATIENCE_MS = 6_000;
const AFTER_KILL_MS = 1_500;
const LOOK_MS = 50;

/** Ends the services and everything that was started in the workspace: SIGTERM, and SIGKILL for what is left after 6 seconds. */
export async function endAll(services: Service[], log: Log): Promise<void> {
  for (const service of services) service.stop();
  const told = endable();
  signal(told, "SIGTERM");
  // Each service's end is waited for, so that none stays behind as a zombie.
  const over = Promise.all(services.map((service) => service.over));
  if (await waitUntilGone(PATIENCE_MS)) return void (await Promise.race([over, sleep(AFTER_KILL_MS)]));
  const left = endable();
  const names = left.map(({ pid, args }) => `${args[0] ?? "?"} (${pid})`);
  log.warn("stop", `killed after ${PATIENCE_MS / 1000} s: ${names.join(", ")}`);
  for (const service of services) service.kill();
  signal(left, "SIGKILL");
  await waitUntilGone(AFTER_KILL_MS);
  await Promise.race([over, sleep(AFTER_KILL_MS)]);
}

/** Root's own, such as fail2ban, ends with the container. */
function endable(): OwnProcess[] {
  return ownProcesses().filter(({ userId }) => userId === process.getuid?.());
}

async function waitUntilGone(patienceMs: number): Promise<boolean> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await sleep(LOOK_MS))
    if (endable().length === 0) return true;
  return false;
}

function signal(processes: OwnProcess[], name: NodeJS.Signals): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, name);
    } catch (error) {
      // It ended meanwhile, or became another user's.
      if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
}
