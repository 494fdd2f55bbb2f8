import type Docker from "dockerode";
import type { LocalApp } from "../app/find-app";
import { note } from "../output";
import { filesFor } from "../run/container-files";
import type { Session } from "../session";
import type { SettingFlags } from "../settings";
import { withThrowAway, type ThrowAway } from "./throw-away";
import { accessFiles, beginAccess, endAccess } from "./tst-access";
import { tstImage, type ImageFlags } from "./tst-image";
import { placeNote, placeOf, tstBody } from "./tst-place";
import { tstSecretFiles } from "./tst-secrets";

export type TstFlags = SettingFlags & ImageFlags;

type Use<Result> = (container: Docker.Container) => Promise<Result>;

/**
 * Makes a container of an app as tst has it, from an image that was built before, for as long as `use` takes: without live source, under
 * the app's own limits. Roles ci and operator get it in tst, with a database and keys of its own there; a developer, who changes nothing
 * there, in dev (docs/cli.md says why).
 * @throws Failure where the image, a secret or a service is not there, before anything is made.
 */
export async function withTstContainer<Result>(
  session: Session,
  app: LocalApp,
  flags: TstFlags,
  use: Use<Result>,
): Promise<Result> {
  const server = await session.server();
  const image = await tstImage({ engine: session.engine, server, app }, flags);
  const place = placeOf(server);
  note(`berth: ${placeNote(place, image)}`);
  const wanted: ThrowAway = {
    name: `${app.name}-once`,
    body: tstBody(place, server, app.manifest, image.id),
  };
  if (place === "tst") return withOwnAccess(session, app, wanted, use);
  const { files } = await filesFor(session, app, "");
  return withThrowAway(session.engine, { ...wanted, files }, use);
}

async function withOwnAccess<Result>(
  session: Session,
  app: LocalApp,
  wanted: ThrowAway,
  use: Use<Result>,
): Promise<Result> {
  const secrets = await tstSecretFiles(session, app, {});
  const access = await beginAccess(session, app);
  if (access === undefined) return withThrowAway(session.engine, { ...wanted, files: secrets }, use);
  const body = { ...wanted.body, Env: withKeyPrefix(wanted.body.Env ?? [], access.redis?.keyPrefix) };
  const files = [...accessFiles(access), ...secrets];
  try {
    return await withThrowAway(session.engine, { ...wanted, body, files, id: access.id }, use);
  } finally {
    await endAccess(session, access);
  }
}

/** Its own keys, and not those of the environment's app. */
function withKeyPrefix(environment: string[], prefix: string | undefined): string[] {
  return environment.map((line) =>
    prefix !== undefined && line.startsWith("REDIS_KEY_PREFIX=") ? `REDIS_KEY_PREFIX=${prefix}` : line,
  );
}
