import type Docker from "dockerode";
import type { ServerSettings } from "../../../spec/gateway-api";
import { instanceName, workspaceVolume } from "../../../spec/names";
import { WORKSPACE_LABEL } from "../../../spec/workspace/container";
import { inspected } from "../../driver/reconcile";
import { isAbsent } from "../../engine/failure";
import { Failure } from "../../failure";
import type { Session } from "../../session";

/** Physical names of a workspace's parts on the shared host. */
export function namesOf(
  { prefix, developerId }: ServerSettings,
  name: string,
): { container: string; volume: string } {
  const [scope, instance] = [{ prefix, environment: "dev" } as const, { app: name, developerId }];
  return { container: instanceName(scope, instance), volume: workspaceVolume(scope, instance) };
}

/** The caller's workspace; undefined where there is none, or the container of that name is none. */
export async function maybeWorkspace(
  session: Session,
  name: string,
): Promise<Docker.ContainerInspectInfo | undefined> {
  const { container } = namesOf(await session.server(), name);
  const found = await inspected(session.engine, container);
  return found?.Config.Labels[WORKSPACE_LABEL] === name ? found : undefined;
}

/** @throws Failure naming the command that makes it, where the caller has none of that name. */
export async function foundWorkspace(session: Session, name: string): Promise<Docker.ContainerInspectInfo> {
  const found = await maybeWorkspace(session, name);
  if (found) return found;
  throw new Failure(
    `you have no workspace '${name}' on the shared host: berth workspace create ${name}, or berth workspace list for those that there are`,
  );
}

/** @throws Failure also where it does not run. */
export async function runningWorkspace(session: Session, name: string): Promise<Docker.ContainerInspectInfo> {
  const found = await foundWorkspace(session, name);
  if (found.State.Running && !found.State.Paused && !found.State.Restarting) return found;
  throw new Failure(`workspace '${name}' is ${found.State.Status}: berth workspace start ${name}`);
}

/** Whether its volume is there. */
export async function hasVolume(engine: Docker, volume: string): Promise<boolean> {
  try {
    await engine.getVolume(volume).inspect();
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
