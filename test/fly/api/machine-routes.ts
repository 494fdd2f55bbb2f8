import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { createLease, createMachine, stopMachine, updateMachine, type MachineConfig } from "./bodies";
import type { FakeFly } from "./fake-fly";
import { newVersion } from "./machine-life";
import { hex, Refusal, type FakeApp, type FakeMachine } from "./state";

type InApp = { Params: { app: string }; Querystring: { include_deleted?: string; region?: string } };
type OfMachine = { Params: { app: string; machine: string } };
type Wait = OfMachine & { Querystring: { state?: string; instance_id?: string; timeout?: string } };

const WAITED_FOR = ["started", "stopped", "suspended", "destroyed"];

export function machineRoutes(server: FastifyInstance, fly: FakeFly): void {
  const found = ({ app, machine }: OfMachine["Params"]): FakeMachine => {
    const one = fly.app(app).machines.find(({ id }) => id === machine);
    if (!one) throw new Refusal(404, "machine not found");
    return one;
  };
  /** The machine, for whoever may change it. */
  const changed = (request: FastifyRequest<OfMachine>): FakeMachine => {
    const machine = found(request.params);
    const lease = liveLease(machine);
    if (lease && request.headers["fly-machine-lease-nonce"] !== lease.nonce)
      throw new Refusal(409, `machine ID ${machine.id} lease currently held by ${lease.owner}`);
    if (machine.state === "destroyed") throw new Refusal(412, "machine is destroyed");
    return machine;
  };
  const shown = (machine: FakeMachine): object => {
    const { id, name, state, region, instance_id, config, events } = machine;
    return {
      ...{ id, name, state, region, instance_id, config, events },
      ...{ cordoned: false, host_status: "ok", created_at: "2026-01-01T00:00:00Z" },
      checks: checksOf(machine, fly),
    };
  };

  server.get<InApp>("/apps/:app/machines", ({ params, query }) => {
    const metadata = Object.entries(query as Record<string, string>)
      .filter(([key]) => key.startsWith("metadata."))
      .map(([key, value]) => [key.slice("metadata.".length), value] as const);
    return fly
      .app(params.app)
      .machines.filter(({ state }) => query.include_deleted === "true" || state !== "destroyed")
      .filter(({ region }) => query.region === undefined || region === query.region)
      .filter(({ config }) => metadata.every(([key, value]) => config.metadata?.[key] === value))
      .map(shown);
  });

  server.post<InApp>("/apps/:app/machines", ({ params, body }) => {
    const app = fly.app(params.app);
    const { name = `quiet-wave-${hex(2)}`, region, config, skip_launch, ...rest } = createMachine.parse(body);
    if (!fly.behaviour.regions.includes(region)) throw new Refusal(422, `region ${region} not found`);
    if (app.machines.some((machine) => machine.name === name && machine.state !== "destroyed"))
      throw new Refusal(409, `unique machine name violation, machine ID already exists with name "${name}"`);
    refuseOldSecrets(app, rest.min_secrets_version);
    const machine: FakeMachine = {
      ...{ id: hex(7), name, region, config, state: "created", instance_id: newVersion(), events: [] },
      ...{ boots: 0, environment: {}, bootedAtMs: 0 },
    };
    attach(app, machine, config);
    app.machines.push(machine);
    if (!skip_launch) fly.later(fly.life.boot(app, machine));
    return shown(machine);
  });

  server.get<OfMachine>("/apps/:app/machines/:machine", ({ params }) => shown(found(params)));

  server.post<OfMachine>("/apps/:app/machines/:machine", (request) => {
    const machine = changed(request);
    const app = fly.app(request.params.app);
    const { config, skip_launch, current_version, min_secrets_version } = updateMachine.parse(request.body);
    if (current_version !== undefined && current_version !== machine.instance_id)
      throw new Refusal(412, "current_version does not match the machine's");
    if (config.mounts?.[0]?.volume !== machine.config.mounts?.[0]?.volume)
      throw new Refusal(422, "the volume of a machine cannot be changed");
    refuseOldSecrets(app, min_secrets_version);
    machine.config = config;
    fly.later(fly.life.replace(app, machine, !skip_launch));
    return shown(machine);
  });

  server.post<OfMachine>("/apps/:app/machines/:machine/start", (request) => {
    const machine = changed(request);
    const previous_state = machine.state;
    if (!["created", "stopped", "suspended", "failed"].includes(previous_state)) {
      if (previous_state === "started") return { previous_state };
      throw new Refusal(412, `unable to start machine from current state: '${previous_state}'`);
    }
    fly.later(fly.life.boot(fly.app(request.params.app), machine));
    return { previous_state, migrated: false, new_host: "" };
  });

  server.post<OfMachine>("/apps/:app/machines/:machine/stop", (request) => {
    const machine = changed(request);
    stopMachine.parse(request.body);
    fly.later(fly.life.stop(machine));
    return { ok: true };
  });

  server.delete<OfMachine & { Querystring: { force?: string } }>(
    "/apps/:app/machines/:machine",
    (request) => {
      const machine = changed(request);
      if (machine.state === "started" && request.query.force !== "true")
        throw new Refusal(412, "machine is still running: stop it first, or use force");
      fly.later(fly.life.destroy(fly.app(request.params.app), machine));
      return { ok: true };
    },
  );

  server.get<Wait>("/apps/:app/machines/:machine/wait", async ({ params, query }) => {
    const { state = "started", instance_id, timeout = "60" } = query;
    if (!WAITED_FOR.includes(state)) throw new Refusal(400, `invalid state ${state}`);
    if (state === "stopped" && instance_id === undefined)
      throw new Refusal(400, "instance_id is required to wait for stopped");
    const untilMs = Date.now() + Math.min(60, Number(timeout)) * 1_000;
    while (Date.now() < untilMs) {
      const machine = found(params);
      if (instance_id !== undefined && machine.instance_id !== instance_id)
        throw new Refusal(404, `no version ${instance_id}`);
      if (machine.state === state) return { ok: true };
      await sleep(5);
    }
    throw new Refusal(408, "deadline_exceeded: the machine did not reach the state in time");
  });

  server.get<OfMachine>("/apps/:app/machines/:machine/lease", ({ params }) => {
    const lease = liveLease(found(params));
    if (!lease) throw new Refusal(404, "lease not found");
    return { status: "success", data: leaseData(lease) };
  });

  server.post<OfMachine>("/apps/:app/machines/:machine/lease", (request, reply) => {
    const machine = found(request.params);
    const { ttl } = createLease.parse(request.body ?? undefined);
    if (liveLease(machine)) throw new Refusal(409, "lease currently held");
    machine.lease = { nonce: hex(6), owner: fly.user, expiresAtMs: Date.now() + ttl * 1_000 };
    return reply.status(201).send({ status: "success", data: leaseData(machine.lease) });
  });

  server.delete<OfMachine>("/apps/:app/machines/:machine/lease", (request) => {
    delete changed(request).lease;
    return { ok: true };
  });
}

function liveLease({ lease }: FakeMachine): FakeMachine["lease"] {
  return lease && lease.expiresAtMs > Date.now() ? lease : undefined;
}

function leaseData({ nonce, owner, expiresAtMs }: NonNullable<FakeMachine["lease"]>): object {
  return { nonce, owner, expires_at: Math.floor(expiresAtMs / 1_000), description: "" };
}

function refuseOldSecrets({ secretsVersion }: FakeApp, least = 0): void {
  if (least > secretsVersion)
    throw new Refusal(412, `min_secrets_version ${least} is not yet available on this app`);
}

function attach(app: FakeApp, machine: FakeMachine, { mounts = [] }: MachineConfig): void {
  for (const { volume: id } of mounts) {
    const volume = app.volumes.find((one) => one.id === id);
    if (volume?.state !== "created") throw new Refusal(422, `volume ${id} not found`);
    if (volume.region !== machine.region) throw new Refusal(422, `volume ${id} is not in ${machine.region}`);
    if (volume.attached_machine_id)
      throw new Refusal(412, `insufficient resources to create new machine with existing volume '${id}'`);
    volume.attached_machine_id = machine.id;
  }
}

function checksOf({ state, config, bootedAtMs }: FakeMachine, { behaviour }: FakeFly): object[] {
  const passes = state === "started" && Date.now() - bootedAtMs >= behaviour.checksAfterMs;
  const result = passes
    ? { status: "passing", output: "" }
    : { status: "critical", output: behaviour.checkOutput };
  return (config.services ?? []).flatMap(({ internal_port, checks = [] }) =>
    checks.map((_, index) => ({ name: `servicecheck-${index}-${internal_port}`, ...result })),
  );
}
