import type Docker from "dockerode";
import { isAbsent, isConflict } from "../../engine/failure";
import { Failure } from "../../failure";
import { withFileLock } from "../../lock";
import { STATE_FOLDER, sourceFolder, type RemoteNames } from "../names";
import { LABEL } from "./labels";
import { agentFor, preparedFiles } from "./prepared-files";
import { sourceVolumes, type SourceVolume } from "./source-volume";
import { parseUser } from "./users";

/** Mutagen's agents, one for each app: 50,000 files take about 150 MiB. */
const MEMORY_MB = 1024;
const CPUS = 1;
const PROCESSES = 512;

/** Ten apps that are begun at the same time wait for each other here, and each may take seconds. */
const WAIT_LIMIT_MS = 120_000;

/** What the container is made with. */
export interface SyncContainerRequest {
  engine: Docker;
  names: RemoteNames;
  /** Of the server's settings. */
  image: string;
  /** Mutagen on this laptop, whose agents lie beside it. */
  program: string;
  /** The laptop's `~/.berth`, for the lock. */
  home: string;
  /** Must be mounted, beside all others that there are. */
  volume: SourceVolume;
}

/**
 * Makes the sync container run with this volume mounted. Where it has to be made anew, all sources stay: they are in the volumes.
 * @returns whether it was started, so that every session has to connect again.
 */
export async function ensureSyncContainer(request: SyncContainerRequest): Promise<boolean> {
  const { engine, names, home, volume } = request;
  if (holds(await inspect(engine, names.container), volume, true)) return false;
  const change = async (): Promise<boolean> => {
    const there = await inspect(engine, names.container);
    if (holds(there, volume, true)) return false;
    refuseForeign(there, names.container);
    const container = engine.getContainer(names.container);
    // Created and never started: what is put in before a start may be missing.
    if (holds(there, volume, false) && there?.State.Status !== "created") {
      await container.start();
      return true;
    }
    if (there) await removed(container);
    await make(request, there);
    return true;
  };
  return withFileLock(home, `sync container ${names.container}`, change, WAIT_LIMIT_MS);
}

/** Removes it. Its volumes stay. */
export async function removeSyncContainer(engine: Docker, names: RemoteNames): Promise<void> {
  const there = await inspect(engine, names.container);
  refuseForeign(there, names.container);
  if (there) await removed(engine.getContainer(names.container));
}

async function make(
  { engine, names, image, program }: SyncContainerRequest,
  before: Docker.ContainerInspectInfo | undefined,
): Promise<void> {
  const volumes = await sourceVolumes(engine, names);
  // Those of before stay: an app whose volume is to come may need its user again.
  const users = [
    ...new Set([...volumes.map(({ user }) => user), ...labelOf(before, LABEL.user).split(" ")]),
  ].filter((user) => user !== "");
  const { Arch } = await engine.version();
  const container = await engine.createContainer(createBody({ names, image, volumes, users }));
  const files = preparedFiles(volumes, users.map(parseUser), await agentFor(program, Arch));
  await container.putArchive(files, { path: "/" });
  await container.start();
}

/** The body of POST /containers/create. */
export function createBody(wanted: {
  names: RemoteNames;
  image: string;
  volumes: SourceVolume[];
  users: string[];
}): Docker.ContainerCreateOptions {
  const { names, image, volumes, users } = wanted;
  const mounts = [
    { source: names.stateVolume, target: STATE_FOLDER },
    ...volumes.map(({ name, app, id }) => ({ source: name, target: sourceFolder(app, id) })),
  ];
  return {
    name: names.container,
    Image: image,
    Labels: { [LABEL.role]: "container", [LABEL.user]: users.join(" ") },
    HostConfig: {
      Mounts: mounts.map(({ source, target }) => ({ Type: "volume", Source: source, Target: target })),
      CapDrop: ["ALL"],
      Memory: MEMORY_MB * 2 ** 20,
      NanoCpus: CPUS * 1e9,
      PidsLimit: PROCESSES,
      RestartPolicy: { Name: "unless-stopped" },
    },
  };
}

/** Whether it is ours and has this volume mounted for this user; with `running`, whether it also runs. */
function holds(
  container: Docker.ContainerInspectInfo | undefined,
  { app, id, user }: SourceVolume,
  running: boolean,
): boolean {
  if (!container || (running && !container.State.Running)) return false;
  const isMounted = container.Mounts.some(({ Destination }) => Destination === sourceFolder(app, id));
  return isMounted && labelOf(container, LABEL.user).split(" ").includes(user);
}

function labelOf(container: Docker.ContainerInspectInfo | undefined, label: string): string {
  return container?.Config.Labels[label] ?? "";
}

async function inspect(engine: Docker, name: string): Promise<Docker.ContainerInspectInfo | undefined> {
  try {
    return await engine.getContainer(name).inspect();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function refuseForeign(container: Docker.ContainerInspectInfo | undefined, name: string): void {
  if (!container || labelOf(container, LABEL.role) === "container") return;
  throw new Failure(
    `the container ${name} was not made by sync, so it stays as it is: remove or rename it, and run this again`,
  );
}

async function removed(container: Docker.Container): Promise<void> {
  try {
    await container.remove({ force: true });
  } catch (error) {
    // Gone, or going, by another command's hand.
    if (!isAbsent(error) && !isConflict(error)) throw error;
  }
}
