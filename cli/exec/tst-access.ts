import { SECRETS_FOLDER } from "../../spec/container-spec";
import {
  THROW_AWAY_ACCESS_PATH,
  THROW_AWAY_END_PATH,
  throwAwayAccess,
  type ThrowAwayAccess,
} from "../../spec/gateway-api";
import type { LocalApp } from "../app/find-app";
import type { ContainerFile } from "../driver/container-file";
import { causeOf } from "../failure";
import { note } from "../output";
import type { Session } from "../session";

/**
 * Access to tst's services for one throw-away container, which is its own and goes with it.
 * @returns undefined for an app that uses none.
 * @throws Failure in the gateway's words.
 */
export async function beginAccess(
  { ask }: Session,
  { manifest }: Pick<LocalApp, "manifest">,
): Promise<ThrowAwayAccess | undefined> {
  const { postgres, redis } = manifest.services;
  if (!postgres && !redis) return undefined;
  return throwAwayAccess.parse(await ask("POST", THROW_AWAY_ACCESS_PATH, { postgres, redis }));
}

/** Takes it away. Where that fails the gateway does it later, after the next request. */
export async function endAccess({ ask }: Session, { id }: ThrowAwayAccess): Promise<void> {
  try {
    await ask("POST", THROW_AWAY_END_PATH, { id });
  } catch (error) {
    note(`berth: the test's database stays until the next such command: ${causeOf(error)}`);
  }
}

/** The files by which the app finds its services. */
export function accessFiles({ postgres, redis }: ThrowAwayAccess): ContainerFile[] {
  return [
    ...(postgres ? [{ path: `${SECRETS_FOLDER}/database-url`, content: postgres.url }] : []),
    ...(redis ? [{ path: `${SECRETS_FOLDER}/redis-url`, content: redis.url }] : []),
  ];
}
