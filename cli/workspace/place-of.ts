import { EXIT, Failure } from "../failure";
import { openSession } from "../session";
import { readSettings } from "../settings";
import { remembering } from "./known-names";
import type { Place, PlaceName, WorkspaceFlags } from "./place";

/** The place that `--on` names. @throws Failure where there is no way to it. */
export async function placeOf(flags: WorkspaceFlags): Promise<Place> {
  return remembering(await connected(flags), flags.on, readSettings(flags));
}

async function connected(flags: WorkspaceFlags): Promise<Place> {
  if (flags.on === "local") {
    const { localPlace } = await import("./local/local-place.js");
    return localPlace(await openSession(flags));
  }
  const { drivenPlace } = await import("./driven/driven-place.js");
  return drivenPlace(flags);
}

/** @throws Failure (usage) for what only the shared host has. */
export function refuseElsewhere(on: PlaceName, command: string): void {
  if (on === "local") return;
  throw new Failure(
    `berth workspace ${command} is for workspaces on the shared host: berth workspace list --on ${on} tells how to reach one there`,
    EXIT.usage,
  );
}
