import type Docker from "dockerode";
import type { LocalApp } from "../app/find-app";
import { note } from "../output";
import type { Session } from "../session";
import type { SettingFlags } from "../settings";
import { withThrowAway } from "./throw-away";
import { tstImage, type ImageFlags } from "./tst-image";
import { filesIn, placeNote, placeOf, tstBody } from "./tst-place";

export type TstFlags = SettingFlags & ImageFlags;

/**
 * Makes a container of an app as tst has it, from an image that was built before, for as long as `use` takes: without live source, under
 * the app's own limits. Roles ci and operator get it in tst; a developer, who changes nothing there, in dev (docs/cli.md says why).
 * @throws Failure where the image is not there, before anything is made.
 */
export async function withTstContainer<Result>(
  session: Session,
  app: LocalApp,
  flags: TstFlags,
  use: (container: Docker.Container) => Promise<Result>,
): Promise<Result> {
  const server = await session.server();
  const image = await tstImage({ engine: session.engine, server, app }, flags);
  const place = placeOf(server);
  const files = await filesIn(place, session, app);
  note(`berth: ${placeNote(place, app, image)}`);
  const body = tstBody(place, server, app.manifest, image.id);
  return withThrowAway(session.engine, { name: `${app.name}-once`, body, files }, use);
}
