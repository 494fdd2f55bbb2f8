import type { MachinesApi } from "./api";
import { machineAnswer, machinesAnswer, type Machine } from "./answers";
import { createMachine, isCurrent, OWNER_KEY, updateMachine, wantedConfig } from "./machine-change";
import { bring } from "./machine-state";
import { Deadline, poll } from "./poll";
import type { MachineRequest, StepResults } from "./request";

const GONE_WITHIN_SECONDS = 120;

/** Makes the machine, or takes the one that is there and gives it the wanted config; then starts or stops it. */
export async function ensureMachine(
  api: MachinesApi,
  request: MachineRequest,
): Promise<StepResults["machine"]> {
  const deadline = new Deadline(request.withinSeconds);
  const wanted = wantedConfig(request);
  const found = await findMachine(api, request);
  if (found === undefined) {
    const made = await createMachine(api, request, wanted, () => findMachine(api, request));
    return resultOf(await bring(api, request, made, { boots: request.running, deadline }));
  }
  refuseMisfit(found, request);
  // A change replaces what runs: it is given its time to end first where it is to stop.
  const present = request.running ? found : await bring(api, request, found, { boots: false, deadline });
  if (isCurrent(present, wanted))
    return resultOf(await bring(api, request, present, { boots: false, deadline }));
  const changed = await updateMachine(api, request, present, wanted);
  return resultOf(await bring(api, request, changed, { boots: request.running, deadline }));
}

function resultOf({ id, instance_id, state }: Machine): StepResults["machine"] {
  return { id, instanceId: instance_id, state };
}

async function ourMachines(api: MachinesApi, app: string, name: string): Promise<Machine[]> {
  const machines = await api.find(machinesAnswer, { method: "GET", path: `/apps/${app}/machines` });
  return (machines ?? []).filter(
    (machine) =>
      !["destroying", "destroyed"].includes(machine.state) &&
      (machine.config?.metadata?.[OWNER_KEY] === app || machine.name === name),
  );
}

async function findMachine(api: MachinesApi, { app, name }: MachineRequest): Promise<Machine | undefined> {
  const [machine, other] = await ourMachines(api, app, name);
  if (machine && other) {
    throw new Error(
      `Fly.io: the app ${app} has two machines for one workspace (${machine.id}, ${other.id}): remove the one without the volume with 'fly machine destroy'`,
    );
  }
  return machine;
}

function refuseMisfit(machine: Machine, { app, region, volume }: MachineRequest): void {
  if (machine.region !== region) {
    throw new Error(
      `Fly.io: the machine ${machine.id} of ${app} is in region ${machine.region} and cannot move to ${region}: set the region to ${machine.region}, or make a workspace of another name in ${region}`,
    );
  }
  const mounted = machine.config?.mounts?.[0]?.volume;
  if (mounted !== undefined && mounted !== volume) {
    throw new Error(
      `Fly.io: the machine ${machine.id} of ${app} mounts the volume ${mounted} and cannot change to ${volume}: remove the machine with 'fly machine destroy ${machine.id} -a ${app}', then run the command again`,
    );
  }
}

/**
 * Removes the machine, after it had its time to end by itself. The volume is another resource's.
 * @returns a sentence of what became of it.
 */
export async function removeMachine(api: MachinesApi, request: MachineRequest): Promise<string> {
  const { app, name } = request;
  const machines = await ourMachines(api, app, name);
  if (machines.length === 0) return `the machine of ${app} is gone already`;
  const deadline = new Deadline(GONE_WITHIN_SECONDS);
  for (const machine of machines) {
    if (machine.state === "started")
      await bring(api, { ...request, running: false }, machine, { boots: false, deadline });
    await api.find(machineAnswer.partial().nullish(), {
      method: "DELETE",
      path: `/apps/${app}/machines/${machine.id}?force=true`,
    });
  }
  await poll(
    async () => ((await ourMachines(api, app, name)).length === 0 ? true : undefined),
    deadline,
    () =>
      `Fly.io: the machine of ${app} is not gone after ${GONE_WITHIN_SECONDS} s: run the command again; 'fly machine list -a ${app}' shows its state`,
  );
  return `machine ${machines.map(({ id }) => id).join(" and ")} of ${app} was removed`;
}
