import type Docker from "dockerode";
import { instanceName } from "../../spec/names";
import type { Environment } from "../../policy/rules";
import { inspected } from "../driver/reconcile";
import { EXIT, Failure } from "../failure";
import type { Session } from "../session";

/** A container of an app, as the engine describes it. */
export interface AppContainer {
  container: Docker.Container;
  facts: Docker.ContainerInspectInfo;
}

/**
 * The container of an app: in dev the developer's own, in tst and pro the environment's.
 * @throws Failure (refused) in tst and pro where the role does not reach it; Failure that names `berth run` where there is none.
 */
export async function appContainer(
  session: Session,
  app: string,
  environment: Environment,
): Promise<AppContainer> {
  const { prefix, developerId, role } = await session.server();
  if (environment !== "dev" && role !== "operator") {
    throw new Failure(
      `in ${environment} the container of ${app} is the environment's, and its operator's to look into: you are ${developerId} with the role ${role}`,
      EXIT.refused,
    );
  }
  const name = instanceName({ prefix, environment }, environment === "dev" ? { app, developerId } : { app });
  const facts = await inspected(session.engine, name);
  if (facts) return { container: session.engine.getContainer(facts.Id), facts };
  const advice =
    environment === "dev" ? `berth run ${app} --reload` : `berth run ${app} --env ${environment}`;
  throw new Failure(`${app} does not run in ${environment}: ${advice}`);
}

/** As `appContainer`. @throws Failure also where it is stopped. */
export async function runningContainer(session: Session, app: string): Promise<AppContainer> {
  const found = await appContainer(session, app, "dev");
  const { State: state } = found.facts;
  if (state.Running && !state.Paused && !state.Restarting) return found;
  throw new Failure(
    `${app} is ${state.Status} in dev, so that nothing can be started in it: \`berth logs ${app}\` may say why; \`berth run ${app} --reload\` starts it`,
  );
}
