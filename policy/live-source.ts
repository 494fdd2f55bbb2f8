import type { ContainerFacts } from "./container-facts";
import type { Environment } from "./environment";
import { judge, type Finding, type Rule } from "./finding";

/** What makes an app's source live: edits reach the running container. */
export interface LiveSource {
  /** Folders of the app that are mounted over its image. */
  mounts?: readonly string[];
  /** The app is started by a command that restarts it on an edit. */
  reload?: boolean;
  /** Files are synchronised from a developer's laptop. */
  sync?: boolean;
}

/**
 * Live source exists only in dev: everything else runs what was built. Config schema, component guard and policy pack all ask
 * here. Returns one sentence for each broken rule, none where all is well.
 */
export function liveSourceProblems(environment: Environment, live: LiveSource): string[] {
  if (environment === "dev") return [];
  const asked = [
    (live.mounts?.length ?? 0) > 0 && "mounts",
    live.reload === true && "reload",
    live.sync === true && "sync",
  ].filter((name) => name !== false);
  return asked.map((name) => `${name} is for dev only: ${environment} runs a built image; remove it`);
}

/** The variable by which every app container is told that its source is live. */
const LIVE_VARIABLE = "BERTH_DEV_MODE=true";
/** Role of the containers that take files from a laptop. */
const SYNC_ROLE = "sync";

/** Mounted source is a host path: mounts.ts refuses it in its own words. */
export const liveSource: Rule<ContainerFacts> = {
  name: "live-source",
  description: "Reload and sync from a laptop are for dev only.",
  check({ environment: variables, role }, environment): Finding[] {
    if (environment === "dev") return [];
    return [
      ...judge("envs", variables, (all) =>
        liveSourceProblems(environment, { reload: all.includes(LIVE_VARIABLE) }),
      ),
      ...judge("labels", role, (name) => liveSourceProblems(environment, { sync: name === SYNC_ROLE })),
    ];
  },
};
