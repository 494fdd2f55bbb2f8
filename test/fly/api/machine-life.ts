import { setTimeout as sleep } from "node:timers/promises";
import { hex, type Behaviour, type FakeApp, type FakeEvent, type FakeMachine } from "./state";

/**
 * A machine's way through its states (https://fly.io/docs/machines/machine-states/): created → starting → started → stopping → stopped,
 * replacing in between, destroying → destroyed at the end.
 */
export class MachineLife {
  constructor(private readonly behaviour: Behaviour) {}

  async boot(app: FakeApp, machine: FakeMachine): Promise<void> {
    const version = machine.instance_id;
    this.enter(machine, "starting", "start");
    await sleep(this.behaviour.stepMs);
    if (machine.instance_id !== version || machine.state !== "starting") return;
    machine.boots += 1;
    machine.bootedAtMs = Date.now();
    machine.environment = { ...machine.config.env, ...Object.fromEntries(app.secrets) };
    this.enter(machine, "started", "start");
    if (this.behaviour.exitCode === undefined) return;
    await sleep(this.behaviour.stepMs);
    this.exit(machine, this.behaviour.exitCode, false);
  }

  async stop(machine: FakeMachine): Promise<void> {
    if (machine.state !== "started") {
      if (machine.state === "suspended") this.enter(machine, "stopped", "stop");
      return;
    }
    this.enter(machine, "stopping", "stop");
    await sleep(this.behaviour.stepMs);
    this.exit(machine, 0, true);
  }

  /** The program ends by itself, as an idle workspace does. */
  exit(machine: FakeMachine, exitCode: number, requested: boolean): void {
    this.enter(machine, "stopped", "exit", {
      exit_event: { exit_code: exitCode, oom_killed: false, requested_stop: requested },
    });
  }

  async replace(app: FakeApp, machine: FakeMachine, launch: boolean): Promise<void> {
    machine.instance_id = newVersion();
    this.enter(machine, "replacing", "update");
    await sleep(this.behaviour.stepMs);
    if (machine.state !== "replacing") return;
    this.enter(machine, "stopped", "update");
    if (launch) await this.boot(app, machine);
  }

  async destroy(app: FakeApp, machine: FakeMachine): Promise<void> {
    this.enter(machine, "destroying", "destroy");
    await sleep(this.behaviour.stepMs);
    this.enter(machine, "destroyed", "destroy");
    for (const volume of app.volumes)
      if (volume.attached_machine_id === machine.id) volume.attached_machine_id = null;
  }

  private enter(machine: FakeMachine, state: string, type: string, request?: FakeEvent["request"]): void {
    machine.state = state;
    machine.events.unshift({ type, status: state, source: "flyd", timestamp: Date.now(), request });
  }
}

/** Fly.io's are ULIDs. */
export function newVersion(): string {
  return `01${hex(12).toUpperCase()}`;
}
