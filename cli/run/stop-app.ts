import { inspected, removeWhole, stopped } from "../driver/reconcile";
import { instanceName } from "../../spec/names";
import { SPEC_HASH_LABEL } from "../driver/create-body";
import { isAbsent } from "../engine/failure";
import type { Session } from "../session";

export interface StopOptions {
  /** Take the container away too. Its source, synchronised, and its data, in the shared services, stay. */
  remove?: boolean;
}

/** Stops a developer's app. Returns whether it ran, or whether it was there where it is to be removed. @throws Failure */
export async function stopApp(
  session: Session,
  app: string,
  { remove = false }: StopOptions = {},
): Promise<boolean> {
  const { engine } = session;
  const { prefix, developerId } = await session.server();
  const found = await inspected(engine, instanceName({ prefix, environment: "dev" }, { app, developerId }));
  if (!found || found.Config.Labels[SPEC_HASH_LABEL] === undefined) return false;
  if (!remove) {
    if (found.State.Running) await stopped(engine.getContainer(found.Id));
    return found.State.Running;
  }
  await removeWhole(engine, found).catch((error: unknown) => {
    if (!isAbsent(error)) throw error;
  });
  return true;
}
