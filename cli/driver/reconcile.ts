import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import type { ContainerSpec } from "../../spec/container-spec";
import { WORKSPACE_LABEL } from "../../spec/workspace/container";
import { isAbsent, isAlready, isConflict } from "../engine/failure";
import { Failure } from "../failure";
import { packFiles, type ContainerFile } from "./container-file";
import { createBody, SPEC_HASH_LABEL, type PublishedPort } from "./create-body";
import { specHash } from "./spec-hash";

/** What a container is to be. */
export interface Wanted {
  spec: ContainerSpec;
  imageId: string;
  network: string;
  files: readonly ContainerFile[];
  published: readonly PublishedPort[];
  /** Keys the spec hash; see there. */
  hashKey: string;
}

/** What was done to get there. */
export type Action = "kept" | "started" | "created" | "replaced" | "healed";

/** Another command, on this laptop or on another, may be at the same container: whoever is too late looks again. */
const MOST_TRIES = 8;
const PAUSE_MS = 150;
/** What is made and not yet started has somebody at it who goes on, or was left by one that was killed: after this long it was. */
const HALF_MADE_MS = 2_000;
const STOP_SECONDS = 10;

/**
 * Brings one container to what it is to be: absent → made; the same and running → nothing; stopped → started; different →
 * replaced; made but never started → made anew, since nobody knows whether it has its files. Whatever ends this in the middle, the
 * next call goes on from what it finds. The container's own volumes go with it, but for those that its successor of the same image would
 * fill with the same again, which takes seconds; named ones stay.
 * @param found what `inspect` said, where the caller has asked already.
 * @throws Failure naming a container of that name that is not this driver's.
 */
export async function reconcile(
  engine: Docker,
  wanted: Wanted,
  found?: Docker.ContainerInspectInfo,
): Promise<{ action: Action; id: string }> {
  const hash = specHash(wanted.hashKey, wanted);
  let present = found ?? (await inspected(engine, wanted.spec.name));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await step(engine, wanted, hash, await whole(engine, wanted.spec.name, present));
    } catch (error) {
      const isRace = isAbsent(error) || isConflict(error);
      if (!isRace || attempt === MOST_TRIES) throw error;
      await sleep(PAUSE_MS * attempt);
      present = await inspected(engine, wanted.spec.name);
    }
  }
}

/** A container by its physical name; undefined where there is none. */
export async function inspected(
  engine: Docker,
  name: string,
): Promise<Docker.ContainerInspectInfo | undefined> {
  try {
    return await engine.getContainer(name).inspect();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** A container after whoever is making it is done with it, or after a while; an unfinished one that is still there was left behind. */
async function whole(
  engine: Docker,
  name: string,
  present: Docker.ContainerInspectInfo | undefined,
): Promise<Docker.ContainerInspectInfo | undefined> {
  const deadline = Date.now() + HALF_MADE_MS;
  let now = present;
  while (now && isHalfMade(now) && Date.now() < deadline) {
    await sleep(PAUSE_MS);
    now = await inspected(engine, name);
  }
  return now;
}

/** Created and never started: nobody knows whether it has its files. */
const isHalfMade = ({ State }: Docker.ContainerInspectInfo): boolean => State.Status === "created";

async function step(
  engine: Docker,
  wanted: Wanted,
  hash: string,
  present: Docker.ContainerInspectInfo | undefined,
): Promise<{ action: Action; id: string }> {
  if (!present) return { action: "created", id: await make(engine, wanted, hash) };
  refuseForeign(wanted.spec, present);
  const { State: state, Id: id } = present;
  const isSame = present.Config.Labels[SPEC_HASH_LABEL] === hash && present.Image === wanted.imageId;
  const isUnfinished = isHalfMade(present);
  if (isSame && state.Running && !state.Paused) return { action: "kept", id };
  if (isSame && !isUnfinished && !state.Dead && (await isStarted(engine, present)))
    return { action: "started", id };
  const own =
    isUnfinished || present.Image !== wanted.imageId ? NO_VOLUMES : volumesToKeep(present, wanted.spec);
  // Without force the engine refuses one that another command has started since it was looked at.
  await removeWhole(engine, present, { kept: own, force: !isUnfinished });
  const isHealed = isUnfinished || isSame;
  return { action: isHealed ? "healed" : "replaced", id: await make(engine, wanted, hash, own) };
}

/** False where what it stands on is gone, as the network is after the stack was taken down and brought up again. */
async function isStarted(engine: Docker, { Id, State }: Docker.ContainerInspectInfo): Promise<boolean> {
  const container = engine.getContainer(Id);
  try {
    await (State.Paused ? container.unpause() : container.start());
    return true;
  } catch (error) {
    if (isAlready(error)) return true;
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** Ends a container by its own signal, and kills it after ten seconds; nothing where another command has done so. */
export async function stopped(container: Docker.Container): Promise<void> {
  await container.stop({ t: STOP_SECONDS }).catch((error: unknown) => {
    if (!isAlready(error)) throw error;
  });
}

function refuseForeign(
  { name, labels: wanted }: ContainerSpec,
  { Config: { Labels: labels } }: Docker.ContainerInspectInfo,
): void {
  if (labels[SPEC_HASH_LABEL] !== undefined) {
    const isWorkspace = labels[WORKSPACE_LABEL] !== undefined;
    if (isWorkspace === wanted.some(({ label }) => label === WORKSPACE_LABEL)) return;
    throw new Failure(
      isWorkspace
        ? `container ${name} is a workspace, and stays as it is: give the app another name, or take the workspace away with berth workspace destroy`
        : `container ${name} is an app, and stays as it is: give the workspace another name, or take the app away with berth stop --remove`,
    );
  }
  const advice =
    labels["berth.via"] === "gateway"
      ? `it was made by other means: remove it (docker rm -f ${name}) or give it another name`
      : "it is the stack's own: ask the operator to take the app out of berth:apps, or run another";
  throw new Failure(`container ${name} is not one of \`berth run\`, and stays as it is: ${advice}`);
}

/** Volumes without a name of their own, by their target. */
type OwnVolumes = ReadonlyMap<string, string>;

const NO_VOLUMES: OwnVolumes = new Map();
/** The name that the engine gives to one without. */
const NAMELESS = /^[0-9a-f]{64}$/;

function ownVolumes({ Mounts }: Docker.ContainerInspectInfo): [target: string, name: string][] {
  return Mounts.flatMap(({ Destination, Name = "" }): [string, string][] =>
    NAMELESS.test(Name) ? [[Destination, Name]] : [],
  );
}

function volumesToKeep(present: Docker.ContainerInspectInfo, { mounts }: ContainerSpec): OwnVolumes {
  const wanted = mounts.filter(({ source, copiesImage }) => source === undefined && copiesImage);
  return new Map(ownVolumes(present).filter(([target]) => wanted.some((mount) => mount.target === target)));
}

/**
 * Takes a container away with its own volumes; running or not. By id, so that nothing that came in its place meanwhile goes.
 * @param options `kept`: volumes that stay; `force`: also where it was started since `present` was asked for, the default.
 */
export async function removeWhole(
  engine: Docker,
  present: Docker.ContainerInspectInfo,
  { kept = NO_VOLUMES, force = true }: { kept?: OwnVolumes; force?: boolean } = {},
): Promise<void> {
  const container = engine.getContainer(present.Id);
  if (present.State.Running) await stopped(container);
  await container.remove({ v: kept.size === 0, force });
  const stay = [...kept.values()];
  // The engine takes one that a predecessor had for a named one, and leaves it.
  const left = ownVolumes(present).filter(([, name]) => !stay.includes(name));
  for (const [, name] of left) {
    await engine
      .getVolume(name)
      .remove()
      .catch((error: unknown) => {
        if (!isAbsent(error) && !isConflict(error)) throw error;
      });
  }
}

async function make(engine: Docker, wanted: Wanted, hash: string, own = NO_VOLUMES): Promise<string> {
  const { spec, files } = wanted;
  const body = createBody(spec, { ...wanted, specHash: hash, own });
  const container = await engine.createContainer({ ...body, name: spec.name });
  if (files.length > 0) await container.putArchive(await packFiles(files), { path: "/" });
  await container.start();
  return container.id;
}
