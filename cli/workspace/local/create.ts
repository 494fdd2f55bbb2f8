import type Docker from "dockerode";
import type { ServerSettings } from "../../../spec/gateway-api";
import { sharedName } from "../../../spec/names";
import { workspaceContainer, WORKSPACE_LABEL } from "../../../spec/workspace/container";
import type { WorkspaceSpec } from "../../../spec/workspace/workspace-spec";
import { inspected, reconcile } from "../../driver/reconcile";
import { isAbsent } from "../../engine/failure";
import { Failure } from "../../failure";
import { extraCaBundle } from "../../run/extra-ca";
import type { Phases } from "../../run/phases";
import type { Session } from "../../session";
import type { WorkspaceFact } from "../place";
import { answering } from "./answering";
import { workspaceFiles } from "./files";
import { namesOf } from "./find";
import { refuseTooLarge } from "./limits";

/**
 * Brings a workspace up on the shared host, through the gateway, and returns when its editor answers. Made again, it changes what is
 * different and nothing else; its volume stays in any case.
 */
export async function createLocal(
  session: Session,
  spec: WorkspaceSpec,
  phases: Phases,
): Promise<WorkspaceFact> {
  const { engine } = session;
  const server = await phases.time("server", session.server);
  refuseTooLarge(server, spec);
  const names = namesOf(server, spec.name);
  const [imageId, bundle, present] = await phases.time("look", () =>
    Promise.all([
      imageOf(engine, server),
      extraCaBundle(engine, session.home, server.images.extraCa),
      inspected(engine, names.container),
    ]),
  );
  refuseOther(names.container, present);
  const files = await workspaceFiles(session, spec, bundle);
  const scope = { prefix: server.prefix, environment: "dev" } as const;
  const { developerId: owner } = server;
  const container = workspaceContainer({
    ...{ scope, proxyEnvironment: "dev", owner, spec },
    extraCa: bundle !== "",
  });
  const network = sharedName(scope, "network");
  const hashKey = session.identity.facts?.secretsEncryption ?? "";
  const { action, id } = await phases.time("container", async () => {
    await ensureVolume(engine, names.volume, spec.name);
    return reconcile(engine, { spec: container, imageId, network, files, published: [], hashKey }, present);
  });
  const answer = await answering(session, { id, name: spec.name }, phases);
  return { ...answer, action, resources: names };
}

/** Before a volume is made for it. @throws Failure where something else has its name. */
function refuseOther(name: string, present: Docker.ContainerInspectInfo | undefined): void {
  if (!present || present.Config.Labels[WORKSPACE_LABEL] !== undefined) return;
  throw new Failure(
    `container ${name} is an app, and stays as it is: give the workspace another name, or take the app away with berth stop --remove`,
  );
}

/** Labelled, so that its workspace is known when nothing else of it is left; nothing happens where it is there. */
async function ensureVolume(engine: Docker, volume: string, name: string): Promise<void> {
  await engine.createVolume({ Name: volume, Labels: { "berth.env": "dev", [WORKSPACE_LABEL]: name } });
}

async function imageOf(engine: Docker, { images: { workspace } }: ServerSettings): Promise<string> {
  const advice = "ask the operator to set berth:workspaces in Pulumi.dev.yaml and to run `make up`";
  if (workspace === "") throw new Failure(`the shared host has no image for workspaces: ${advice}`);
  try {
    return (await engine.getImage(workspace).inspect()).Id;
  } catch (error) {
    if (!isAbsent(error)) throw error;
    throw new Failure(
      `the image of workspaces, ${workspace}, is not on the shared host: ${advice}`,
      undefined,
      {
        cause: error,
      },
    );
  }
}
