import * as path from "node:path";
import type { LocalApp } from "../app/find-app";
import type { Session } from "../session";
import { Mutagen } from "../mutagen/mutagen";
import { configurationHash, ignoresOf, sessionConfiguration } from "./configuration";
import { sessionName, sourceFolder, type RemoteNames } from "./names";
import type { SourceVolume } from "./remote/source-volume";
import { parseUser } from "./remote/users";

/** Labels of a session of ours. */
export const SESSION_LABEL = { hash: "berth-hash", app: "berth-app", mode: "berth-mode" } as const;

/** How conflicts end: kept for a decision, or for the laptop after both were kept. */
export type SyncMode = "two-way-safe" | "two-way-resolved";

/** What a session is to be for an app. */
export interface WantedSession {
  name: string;
  labels: Record<string, string>;
  configuration: string;
  /** Where the configuration is written for Mutagen. */
  configurationFile: string;
  ignores: string[];
  alpha: string;
  beta: string;
  hash: string;
}

/** Mutagen of this laptop, with the identity's way to the gateway. */
export function mutagenOf({ home, context }: Pick<Session, "home" | "context">): Mutagen {
  return new Mutagen(home, context.environment);
}

/** The session that an app is to have on this volume. */
export function wantedSession(
  session: Pick<Session, "home" | "devId" | "context" | "settings">,
  app: LocalApp,
  names: RemoteNames,
  volume: SourceVolume,
): WantedSession {
  const name = sessionName(session.devId, app.name);
  const ignores = ignoresOf(app);
  const configuration = sessionConfiguration(ignores);
  const alpha = app.contextFolder;
  const beta = `docker://${parseUser(volume.user).uid}@${names.container}${sourceFolder(app.name, volume.id)}`;
  const mode = app.manifest.sync.mode ?? (session.settings.syncMode.value as SyncMode);
  const { endpoint } = session.context;
  const hash = configurationHash({ configuration, mode, alpha, beta, endpoint });
  return {
    ...{ name, configuration, ignores, alpha, beta, hash },
    labels: { [SESSION_LABEL.hash]: hash, [SESSION_LABEL.app]: app.name, [SESSION_LABEL.mode]: mode },
    configurationFile: path.join(session.home, "sync", "sessions", `${name}.yml`),
  };
}
