import type Docker from "dockerode";
import { environments, type Environment } from "../../policy/rules";
import { WORKSPACE_LABEL } from "../../spec/workspace/container";
import { printFact, tableOf, type OutputOptions } from "../output";
import { openSession, type Session } from "../session";
import type { SettingFlags } from "../settings";
import { syncStates, type SyncStateName } from "../sync/states";
import { appState } from "./app-state";
import { urlOf } from "./route";
import { usageOf } from "./usage";

/** One app of the developer's, as `berth ps` shows it. */
interface Listed {
  app: string;
  environment: Environment;
  /** healthy, unhealthy, starting; exited, created and the like. */
  state: string;
  /** Since when: "Up 3 minutes", "Exited (0) 2 hours ago". */
  since: string;
  url: string;
  /** What its sync does; null where this laptop does not synchronise it. */
  sync: SyncStateName | null;
  /** Files changed on both sides, which wait for a decision. */
  conflicts: number;
  /** Files that cannot be synchronised. */
  problems: number;
  /** Of one core, in percent; null unless it runs, as the next. */
  cpuPercent: number | null;
  memoryMb: number | null;
  createdAt: string;
  container: string;
}

/** `berth ps`: the developer's own apps, those that have stopped as well. */
export async function psCommand(flags: SettingFlags & OutputOptions): Promise<void> {
  const session = await openSession(flags);
  const apps = await listed(session);
  const rows = apps.map((listed) => [
    listed.environment === "dev" ? listed.app : `${listed.app} (${listed.environment})`,
    listed.state,
    listed.since,
    syncText(listed),
    listed.cpuPercent === null ? "-" : `${listed.cpuPercent.toFixed(1)} %`,
    listed.memoryMb === null ? "-" : `${listed.memoryMb.toFixed(0)} MB`,
    listed.url,
  ]);
  const text =
    apps.length === 0
      ? "no apps: `berth run <app> --reload` starts one"
      : tableOf(["app", "state", "since", "sync", "cpu", "memory", "url"], rows);
  printFact(flags, apps, text);
}

async function listed(session: Session): Promise<Listed[]> {
  const { engine, devId } = session;
  const label = [`berth.owner=${devId}`, "berth.app"];
  const [server, all, syncs] = await Promise.all([
    session.server(),
    engine.listContainers({ all: true, filters: { label } }),
    syncStates(session),
  ]);
  // Workspaces have a list of their own.
  const containers = all.filter(({ Labels }) => Labels[WORKSPACE_LABEL] === undefined);
  const running = containers.filter(({ State }) => State === "running").map(({ Id }) => Id);
  const [usage, states] = await Promise.all([
    usageOf(engine, running),
    Promise.all(containers.map((container) => appState(engine, container))),
  ]);
  return containers
    .map((container, index): Listed => {
      const app = container.Labels["berth.app"] ?? "";
      const environment = environmentOf(container);
      const sync = environment === "dev" ? syncs.find((one) => one.app === app) : undefined;
      const used = usage.get(container.Id);
      return {
        ...{ app, environment, state: states[index] ?? container.State },
        since: container.Status.replace(/ \((un)?health[^)]*\)$/, ""),
        url: urlOf(server, app),
        sync: sync?.state ?? null,
        conflicts: sync?.conflicts ?? 0,
        problems: sync?.problems ?? 0,
        cpuPercent: used?.cpuPercent ?? null,
        memoryMb: used?.memoryMb ?? null,
        createdAt: new Date(container.Created * 1_000).toISOString(),
        container: (container.Names[0] ?? "").slice(1),
      };
    })
    .sort((a, b) => (a.app < b.app ? -1 : 1));
}

function environmentOf({ Labels }: Docker.ContainerInfo): Environment {
  return environments.find((known) => known === Labels["berth.env"]) ?? "dev";
}

function syncText({ sync, conflicts, problems }: Listed): string {
  if (sync === null) return "-";
  const more = [
    ...(conflicts > 0 ? [`${conflicts} conflict${conflicts > 1 ? "s" : ""}`] : []),
    ...(problems > 0 ? [`${problems} not synchronised`] : []),
  ];
  return [sync, ...more].join(", ");
}
