import * as path from "node:path";

/** Folders of an app's trash on this laptop, all in the berth home: one file system, so that nothing is copied between them. */
export interface TrashPlaces {
  /** A second name for every file that is synchronised: what is deleted in the tree still stands here. */
  kept: string;
  /** `~/.berth/trash/<app>`: a folder for each time at which something went. */
  trash: string;
}

export function trashPlaces(home: string, devId: string, app: string): TrashPlaces {
  return { kept: path.join(home, "sync", "kept", `${devId}-${app}`), trash: path.join(home, "trash", app) };
}

/** Name of a folder in the trash: sorts by time, and is a file name on every system. */
export function batchName(now = new Date()): string {
  return now.toISOString().replaceAll(":", "-");
}

/** The time that a batch's name says; undefined where it is no batch. */
export function batchTime(name: string): Date | undefined {
  const found = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3}Z)/.exec(name);
  return found ? new Date(`${found[1]}:${found[2]}:${found[3]}`) : undefined;
}
