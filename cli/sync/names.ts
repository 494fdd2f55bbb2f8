import { instanceName, SYNC_NAME, type Scope } from "../../spec/names";

const STATE_VOLUME = "sync-state";

/** What is on the engine for one developer. */
export interface RemoteNames {
  container: string;
  /** Mutagen's agent and its caches, and the trash of this side. */
  stateVolume: string;
  sourceVolume: (app: string) => string;
}

/** Physical names of everything that sync makes on the engine. */
export function remoteNames(prefix: string, developerId: string): RemoteNames {
  const scope: Scope = { prefix, environment: "dev" };
  const named = (app: string): string => instanceName(scope, { app, developerId });
  return {
    container: named(SYNC_NAME),
    stateVolume: named(STATE_VOLUME),
    sourceVolume: (app) => named(`${app}-source`),
  };
}

/** Name of an app's Mutagen session. */
export function sessionName(developerId: string, app: string): string {
  return `berth-${developerId}-${app}`;
}

/** The app of a session; undefined where it is not this developer's. */
export function appOfSession(developerId: string, name: string): string | undefined {
  const start = sessionName(developerId, "");
  return name.startsWith(start) ? name.slice(start.length) : undefined;
}

/** Folder in the sync container that holds an app's volume. The id in it makes a volume that was made anew another place: see docs/decisions/0014. */
export function sourceFolder(app: string, volumeId: string): string {
  return `/sources/${app}/${volumeId}`;
}

/** Where the state volume is mounted in the sync container. */
export const STATE_FOLDER = "/var/lib/berth-sync";

/** Home of a user in the sync container: Mutagen's agent lies in it. */
export function homeFolder(uid: number): string {
  return `${STATE_FOLDER}/home/${uid}`;
}

/** Trash of an app on the engine's side. */
export function remoteTrash(app: string): string {
  return `${STATE_FOLDER}/trash/${app}`;
}
