import type { MachinesApi } from "./api";
import { ApiError } from "./api-error";
import { machineAnswer, type Machine } from "./answers";
import { poll, type Deadline } from "./poll";
import type { MachineRequest } from "./request";

/** Of one wait at the API; in between we look whether the machine went another way. */
const WAIT_SECONDS = 10;
/** The workspace ends within 10 s of SIGTERM. */
const STOP = { signal: "SIGTERM", timeout: "15s" };

/**
 * Starts or stops the machine, and waits until it is so: running means that its checks pass, too.
 * @param boots whether it starts by itself, after it was made or changed.
 * @throws Error that names the state that it stays in, its exit code, or the check that fails.
 */
export async function bring(
  api: MachinesApi,
  request: Pick<MachineRequest, "app" | "running">,
  machine: Machine,
  { boots, deadline }: { boots: boolean; deadline: Deadline },
): Promise<Machine> {
  const path = `/apps/${request.app}/machines/${machine.id}`;
  let asked = boots;
  const state = request.running ? "started" : "stopped";
  const look = (): Promise<Machine> => api.ask(machineAnswer, { method: "GET", path });
  const there = await poll(
    async () => {
      const now = await look();
      if (isThere(now, request.running)) return now;
      refuseFailed(now, request.app, asked && now.instance_id === machine.instance_id);
      if (!asked && isAtRest(now)) {
        await api.send({
          method: "POST",
          path: `${path}/${request.running ? "start" : "stop"}`,
          ...(!request.running && { body: STOP }),
          repeatable: true,
        });
        asked = true;
      }
      await waitFor(api, path, now, state, deadline);
      const later = await look();
      return isThere(later, request.running) ? later : undefined;
    },
    deadline,
    () =>
      `Fly.io: the machine ${machine.id} of ${request.app} is not ${state} after ${deadline.seconds} s: 'fly logs -a ${request.app}' tells why; then run the command again`,
  );
  return request.running ? waitForChecks(look, there, request.app, deadline) : there;
}

function isThere({ state }: Machine, running: boolean): boolean {
  return running ? state === "started" : ["stopped", "suspended", "created", "failed"].includes(state);
}

/** In every other state it is on its way to one of these. */
function isAtRest({ state }: Machine): boolean {
  return ["started", "stopped", "suspended", "created", "failed"].includes(state);
}

/** What it does not come out of by itself once it was to start. */
function refuseFailed(machine: Machine, app: string, wasAsked: boolean): void {
  const { id, state } = machine;
  const exit = machine.events?.find(({ type }) => type === "exit")?.request?.exit_event;
  const ended = wasAsked && state === "stopped" && exit && !exit.restarting;
  if (!ended && !(wasAsked && state === "failed") && state !== "launch_failed" && state !== "destroyed")
    return;
  const why = exit?.oom_killed
    ? "it ran out of memory: choose a larger size"
    : exit
      ? `its program ended with exit code ${exit.exit_code ?? 0}: 'fly logs -a ${app}' has its last lines`
      : `Fly.io could not start it: 'fly logs -a ${app}' tells why`;
  throw new Error(`Fly.io: the machine ${id} of ${app} is ${state}: ${why}`);
}

/** Returns when the state is reached, or after some seconds. */
async function waitFor(
  api: MachinesApi,
  path: string,
  { instance_id }: Machine,
  state: string,
  deadline: Deadline,
): Promise<void> {
  const timeout = Math.max(1, Math.min(WAIT_SECONDS, Math.ceil(deadline.leftMs / 1_000)));
  const query = new URLSearchParams({ instance_id, state, timeout: String(timeout) });
  try {
    await api.send({ method: "GET", path: `${path}/wait?${query.toString()}` });
  } catch (error) {
    // Not reached in time, or the version that was waited for was replaced: the next look tells.
    if (!(error instanceof ApiError) || ![400, 404, 408].includes(error.status)) throw error;
  }
}

async function waitForChecks(
  look: () => Promise<Machine>,
  machine: Machine,
  app: string,
  deadline: Deadline,
): Promise<Machine> {
  let known: Machine | undefined = machine;
  let reasons: string[] = [];
  return poll(
    async () => {
      const now = known ?? (await look());
      known = undefined;
      const failing = (now.checks ?? []).filter(({ status }) => status !== "passing");
      if (now.state === "started" && failing.length === 0) return now;
      refuseFailed(now, app, true);
      reasons = failing.map(
        ({ name, output }) => `${name}: ${output?.trim().slice(0, 200) || "no answer yet"}`,
      );
      return undefined;
    },
    deadline,
    () =>
      `Fly.io: the machine ${machine.id} of ${app} runs, but its checks do not pass after ${deadline.seconds} s (${reasons.join("; ")}): 'fly logs -a ${app}' tells why`,
  );
}
