import { lookUp, type RequestContext } from "./context";
import { inspectedContainer } from "./engine-objects";
import { listContainers, listNetworks, listVolumes } from "./lookup";
import { refuse } from "./refusals";

const MIB = 1024 * 1024;

/** What a request adds to what its developer has. Names are physical: an object is not counted twice once the engine lists it. */
export interface Demand {
  container?: { name: string; memoryBytes: number; nanoCpus: number };
  networks?: string[];
  volumes?: string[];
}

/** What each developer has asked for and the engine may not list yet. */
export class QuotaBook {
  private readonly held = new Map<string, Set<Demand>>();

  /**
   * Takes the demand out of the developer's quota until `release`. What is held is read before what the engine lists, so that a
   * container is always in one of the two: concurrent requests cannot overshoot.
   * @throws Refused naming the quota
   */
  async reserve(context: RequestContext, demand: Demand, replaces?: string): Promise<() => void> {
    const id = context.ownership.caller.developerId;
    const demands = this.held.get(id) ?? new Set<Demand>();
    this.held.set(id, demands);
    const before = [...demands];
    // Held from now on: a request that looks at the same time counts this one.
    demands.add(demand);
    try {
      const usage = await currentUsage(context, demand);
      for (const other of before) add(usage, other);
      if (replaces !== undefined) usage.containers.delete(replaces);
      add(usage, demand);
      check(context, usage, demand);
    } catch (error) {
      demands.delete(demand);
      throw error;
    }
    return () => demands.delete(demand);
  }
}

interface Usage {
  containers: Map<string, { memoryBytes: number; nanoCpus: number }>;
  networks: Set<string>;
  volumes: Set<string>;
}

function add(usage: Usage, { container, networks, volumes }: Demand): void {
  if (container) usage.containers.set(container.name, container);
  for (const name of networks ?? []) usage.networks.add(name);
  for (const name of volumes ?? []) usage.volumes.add(name);
}

async function currentUsage(context: RequestContext, demand: Demand): Promise<Usage> {
  const own = <T extends { Labels?: Record<string, string> | null }>(found: T[]): T[] =>
    found.filter(({ Labels }) => context.ownership.permits("own", Labels));
  return {
    containers: new Map(demand.container ? await limitsOf(context, own(await listContainers(context))) : []),
    networks: new Set(demand.networks ? own(await listNetworks(context)).map(({ Name }) => Name) : []),
    volumes: new Set(demand.volumes ? own(await listVolumes(context)).map(({ Name }) => Name) : []),
  };
}

async function limitsOf(
  context: RequestContext,
  containers: { Id: string }[],
): Promise<[string, { memoryBytes: number; nanoCpus: number }][]> {
  const inspected = await Promise.all(
    // One that went meanwhile needs nothing any more.
    containers.map(({ Id }) => lookUp(context.engine, `/containers/${Id}/json`)),
  );
  return inspected.flatMap((body) => {
    const { data } = inspectedContainer.safeParse(body);
    if (!data) return [];
    const { Memory: memoryBytes = 0, NanoCpus: nanoCpus = 0 } = data.HostConfig;
    return [
      [data.Name.slice(1), { memoryBytes, nanoCpus }] as [string, { memoryBytes: number; nanoCpus: number }],
    ];
  });
}

function check(context: RequestContext, { containers, networks, volumes }: Usage, demand: Demand): void {
  const { quota } = context.ownership.settings;
  const sum = (pick: (limits: { memoryBytes: number; nanoCpus: number }) => number): number =>
    [...containers.values()].reduce((total, limits) => total + pick(limits), 0);
  if (demand.container) {
    demandAtMost(context, "containers", containers.size, quota.containers, "remove one");
    const memoryMb = sum(({ memoryBytes }) => memoryBytes) / MIB;
    demandAtMost(
      context,
      "MiB of memory",
      Math.ceil(memoryMb),
      quota.memoryMb,
      "ask for less with --memory, or remove one",
    );
    const cpus = sum(({ nanoCpus }) => nanoCpus) / 1e9;
    demandAtMost(
      context,
      "CPUs",
      cpus,
      quota.cpus,
      "ask for less with --cpus (0.25, for example), or remove one",
    );
  }
  if (demand.networks) demandAtMost(context, "networks", networks.size, quota.networks, "remove one");
  if (demand.volumes) demandAtMost(context, "volumes", volumes.size, quota.volumes, "remove one");
}

function demandAtMost(
  context: RequestContext,
  what: string,
  wanted: number,
  quota: number,
  way: string,
): void {
  if (wanted <= quota) return;
  const { developerId } = context.ownership.caller;
  refuse(
    403,
    "quota",
    `quota: developer ${developerId} may have ${quota} ${what} at the same time, stopped ones included; with this it would be ${Number(wanted.toFixed(3))}: ${way}`,
  );
}
