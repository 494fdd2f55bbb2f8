import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { isAbsent } from "../../engine/failure";
import { Failure } from "../../failure";
import type { RemoteNames } from "../names";
import { LABEL } from "./labels";

/** A volume with an app's sources. */
export interface SourceVolume {
  name: string;
  app: string;
  /** Random, for its life. */
  id: string;
  /** As in berth.yaml: a numeric user, or user:group. */
  user: string;
}

/**
 * The app's volume, made where there is none.
 * @throws Failure where a volume of that name was not made by sync, or belongs to another user than berth.yaml says.
 */
export async function ensureSourceVolume(
  engine: Docker,
  names: RemoteNames,
  app: string,
  user: string,
): Promise<SourceVolume & { isNew: boolean }> {
  const name = names.sourceVolume(app);
  const there = await inspectVolume(engine, name);
  if (!there) {
    await engine.createVolume({
      Name: name,
      Labels: {
        [LABEL.role]: "source",
        [LABEL.app]: app,
        [LABEL.volumeId]: randomBytes(4).toString("hex"),
        [LABEL.user]: user,
      },
    });
  }
  // Another command may have made it at the same moment: whose label stands is asked, not assumed.
  const volume = readVolume(name, there ?? (await inspectVolume(engine, name)));
  if (!volume) {
    throw new Failure(
      `the volume ${name} was not made by sync, so nothing is written to it: remove it with \`docker volume rm ${app}-source\`, and run this again`,
    );
  }
  if (volume.user !== user) {
    throw new Failure(
      `the sources of ${app} belong to user ${volume.user} in the container, and berth.yaml says ${user} now: \`berth sync reset ${app}\` saves both sides and begins anew`,
    );
  }
  return { ...volume, isNew: there === undefined };
}

/** Every source volume of this developer. */
export async function sourceVolumes(engine: Docker, names: RemoteNames): Promise<SourceVolume[]> {
  const { Volumes } = await engine.listVolumes({
    filters: JSON.stringify({ label: [`${LABEL.role}=source`] }),
  });
  return (Volumes as Inspected[])
    .flatMap((volume) => {
      const app = volume.Labels?.[LABEL.app];
      return (app !== undefined && readVolume(names.sourceVolume(app), volume)) || [];
    })
    .sort((a, b) => (a.app < b.app ? -1 : 1));
}

interface Inspected {
  Labels?: Record<string, string> | null;
}

async function inspectVolume(engine: Docker, name: string): Promise<Inspected | undefined> {
  try {
    return await engine.getVolume(name).inspect();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function readVolume(name: string, volume: Inspected | undefined): SourceVolume | undefined {
  const { [LABEL.app]: app, [LABEL.volumeId]: id, [LABEL.user]: user } = volume?.Labels ?? {};
  if (app === undefined || id === undefined || user === undefined) return undefined;
  return { name, app, id, user };
}
