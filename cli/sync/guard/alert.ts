import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { privateFolder, readIfThere, writePrivate } from "../../files";

const alertFile = z.object({
  app: z.string(),
  at: z.string(),
  files: z.number(),
  of: z.number(),
  by: z.enum(["laptop", "container"]),
});

/** Many files went at once, and the sync of their app waits for a decision. */
export type Alert = z.output<typeof alertFile>;

const fileOf = (home: string, devId: string, app: string): string =>
  path.join(home, "sync", "alerts", `${devId}-${app}.json`);

export function writeAlert(home: string, devId: string, alert: Alert): void {
  const file = fileOf(home, devId, alert.app);
  privateFolder(path.dirname(file));
  writePrivate(file, `${JSON.stringify(alert, null, 2)}\n`);
}

/** The app's alert that nobody has answered yet. */
export function readAlert(home: string, devId: string, app: string): Alert | undefined {
  const text = readIfThere(fileOf(home, devId, app));
  return text === undefined ? undefined : alertFile.parse(JSON.parse(text));
}

export function clearAlert(home: string, devId: string, app: string): void {
  fs.rmSync(fileOf(home, devId, app), { force: true });
}

/** In one sentence, with the ways out. */
export function alertText({ app, files, of, by }: Alert): string {
  const whose = by === "laptop" ? "on this laptop" : "in the container";
  return (
    `${files} of ${of} files of ${app} were deleted ${whose} at once, so its sync is paused. ` +
    `\`berth sync restore ${app}\` brings them back, \`berth sync resume ${app}\` goes on without them`
  );
}
