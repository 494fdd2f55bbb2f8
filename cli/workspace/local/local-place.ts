import type Docker from "dockerode";
import { WORKSPACE_LABEL } from "../../../spec/workspace/container";
import { isAbsent, isAlready } from "../../engine/failure";
import { Failure } from "../../failure";
import { appState } from "../../run/app-state";
import type { Phases } from "../../run/phases";
import { urlOf } from "../../run/route";
import type { Session } from "../../session";
import type { Destroyed, ListedWorkspace, Place, WorkspaceFact } from "../place";
import { answering } from "./answering";
import { createLocal } from "./create";
import { foundWorkspace, hasVolume, maybeWorkspace, namesOf } from "./find";

/** Its programs have ten seconds to end, and the engine a little more. */
const STOP_SECONDS = 15;

/** Workspaces on the shared host, through the gateway: a developer's own, in dev. */
export function localPlace(session: Session): Place {
  return {
    create: (spec, phases) => createLocal(session, spec, phases),
    list: () => listLocal(session),
    stop: (name) => stopLocal(session, name),
    start: (name, phases) => startLocal(session, name, phases),
    destroy: (name, { deleteData }) => destroyLocal(session, name, deleteData),
  };
}

async function listLocal(session: Session): Promise<ListedWorkspace[]> {
  const { engine, devId } = session;
  const filters = { label: [WORKSPACE_LABEL, `berth.owner=${devId}`] };
  const [server, containers, { Volumes: volumes }] = await Promise.all([
    session.server(),
    engine.listContainers({ all: true, filters }),
    engine.listVolumes({ filters }),
  ]);
  const states = await Promise.all(containers.map((container) => appState(engine, container)));
  const fact = (name: string, state: string, since: string): ListedWorkspace => ({
    ...{ workspace: name, on: "local", state, since, url: urlOf(server, name) },
  });
  const there = containers.map(({ Labels, Status }, index) =>
    fact(nameIn(Labels), stateText(states[index] ?? ""), Status.replace(/ \((un)?health[^)]*\)$/, "")),
  );
  const kept = volumes
    .map(({ Labels }) => nameIn(Labels))
    .filter((name) => there.every(({ workspace }) => workspace !== name))
    .map((name) => fact(name, "data only", ""));
  return [...there, ...kept].sort((a, b) => (a.workspace < b.workspace ? -1 : 1));
}

const nameIn = (labels: Record<string, string>): string => labels[WORKSPACE_LABEL] ?? "";
const stateText = (state: string): string => (state === "exited" ? "stopped" : state);

async function stopLocal(session: Session, name: string): Promise<boolean> {
  const { Id, State } = await foundWorkspace(session, name);
  if (!State.Running) return false;
  await stopped(session.engine.getContainer(Id));
  return true;
}

async function startLocal(session: Session, name: string, phases: Phases): Promise<WorkspaceFact> {
  const { Id, State } = await foundWorkspace(session, name);
  if (!State.Running) {
    await phases.time("container", () => session.engine.getContainer(Id).start()).catch(unlessAlready);
  }
  const answer = await answering(session, { id: Id, name }, phases);
  const resources = namesOf(await session.server(), name);
  return { ...answer, action: State.Running ? "kept" : "started", resources };
}

async function destroyLocal(session: Session, name: string, deleteData: boolean): Promise<Destroyed> {
  const { engine } = session;
  const { volume } = namesOf(await session.server(), name);
  const [found, isData] = await Promise.all([maybeWorkspace(session, name), hasVolume(engine, volume)]);
  if (!found && !(isData && deleteData)) {
    const rest = isData ? `; its data is in ${volume}, and goes with --delete-data` : "";
    throw new Failure(`you have no workspace '${name}' on the shared host${rest}`);
  }
  if (found) await removed(engine.getContainer(found.Id), found.State.Running);
  if (deleteData && isData) await engine.getVolume(volume).remove();
  return { workspace: name, on: "local", keptData: isData && !deleteData ? volume : undefined };
}

async function removed(container: Docker.Container, isRunning: boolean): Promise<void> {
  if (isRunning) await stopped(container);
  await container.remove({ force: true, v: true }).catch((error: unknown) => {
    if (!isAbsent(error)) throw error;
  });
}

async function stopped(container: Docker.Container): Promise<void> {
  await container.stop({ t: STOP_SECONDS }).catch(unlessAlready);
}

function unlessAlready(error: unknown): void {
  if (!isAlready(error)) throw error;
}
