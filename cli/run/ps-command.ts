import type Docker from "dockerode";
import { environments, type Environment } from "../../policy/rules";
import { printFact, tableOf, type OutputOptions } from "../output";
import { openSession, type Session } from "../session";
import type { SettingFlags } from "../settings";
import { syncStates, type SyncState } from "../sync/states";
import { urlOf } from "./route";
import { usageOf, type Usage } from "./usage";

/** One app of the developer's, as `berth ps` shows it. */
interface Listed {
  app: string;
  environment: Environment;
  /** The engine's word: running, exited, created… */
  state: string;
  /** The engine's sentence: "Up 3 minutes (healthy)". */
  status: string;
  url: string;
  sync: SyncState | null;
  usage: Usage | null;
  createdAt: string;
  container: string;
}

/** `berth ps`: the developer's own apps, those that have stopped as well. */
export async function psCommand(flags: SettingFlags & OutputOptions): Promise<void> {
  const session = await openSession(flags);
  const apps = await listed(session);
  const rows = apps.map(({ app, environment, status, url, sync, usage }) => [
    environment === "dev" ? app : `${app} (${environment})`,
    status,
    sync ? syncText(sync) : "-",
    usage ? `${usage.cpuPercent.toFixed(1)} %` : "-",
    usage ? `${usage.memoryMb.toFixed(0)} MB` : "-",
    url,
  ]);
  const text =
    apps.length === 0
      ? "no apps: `berth run <app> --reload` starts one"
      : tableOf(["app", "state and age", "sync", "cpu", "memory", "url"], rows);
  printFact(flags, { apps }, text);
}

async function listed(session: Session): Promise<Listed[]> {
  const { engine, devId } = session;
  const label = [`berth.owner=${devId}`, "berth.app"];
  const [server, containers, syncs] = await Promise.all([
    session.server(),
    engine.listContainers({ all: true, filters: { label } }),
    syncStates(session),
  ]);
  const running = containers.filter(({ State }) => State === "running").map(({ Id }) => Id);
  const usage = await usageOf(engine, running);
  return containers
    .map((container): Listed => {
      const app = container.Labels["berth.app"] ?? "";
      const environment = environmentOf(container);
      return {
        ...{ app, environment, state: container.State, status: container.Status },
        url: urlOf(server, app),
        sync: (environment === "dev" && syncs.find((sync) => sync.app === app)) || null,
        usage: usage.get(container.Id) ?? null,
        createdAt: new Date(container.Created * 1_000).toISOString(),
        container: (container.Names[0] ?? "").slice(1),
      };
    })
    .sort((a, b) => (a.app < b.app ? -1 : 1));
}

function environmentOf({ Labels }: Docker.ContainerInfo): Environment {
  return environments.find((known) => known === Labels["berth.env"]) ?? "dev";
}

function syncText({ state, conflicts, problems }: SyncState): string {
  const more = [
    ...(conflicts > 0 ? [`${conflicts} conflict${conflicts > 1 ? "s" : ""}`] : []),
    ...(problems > 0 ? [`${problems} not synchronised`] : []),
  ];
  return [state, ...more].join(", ");
}
