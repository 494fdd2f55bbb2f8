import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { buildInput } from "../components/build-settings";
import { CloudWorkspace } from "../components/cloud-workspace";
import { FlyWorkspace } from "../components/fly-workspace";
import { LocalWorkspace } from "../components/local-workspace";
import { loadWorkspace, type LoadedWorkspace } from "../config/load-workspace";
import type { LocalSettings, WorkspaceSettings } from "../config/workspace-stack";
import { guardBuild } from "../policy/guard";
import { sharedName } from "../spec/names";
import { WORKSPACE_ROLE } from "../spec/runtime-role";
import { engineProvider } from "./engine";

/** What a workspace's stack says of it. */
export interface WorkspaceOutputs {
  url: pulumi.Output<string>;
  sshCommand: pulumi.Output<string>;
  resourceIds: pulumi.Output<Record<string, string>>;
  running: boolean;
}

/** Declares one workspace, where its settings say. */
export async function buildWorkspace(loaded: LoadedWorkspace = loadWorkspace()): Promise<WorkspaceOutputs> {
  const { url, sshCommand, resourceIds } = await declared(loaded);
  return { url, sshCommand, resourceIds, running: loaded.settings.running };
}

type Declared = Pick<WorkspaceOutputs, "url" | "sshCommand" | "resourceIds">;

async function declared({ settings, secrets }: LoadedWorkspace): Promise<Declared> {
  const { owner, spec, running, deleteData, attempt } = settings;
  const common = { name: spec.name, owner, spec, secrets, running };
  switch (settings.place) {
    case "local":
      return localWorkspace(settings, common);
    case "azure": {
      const { softDeleteDays, ...place } = settings.azure;
      const data = { onDestroy: deleteData ? "delete" : "protect", softDeleteDays } as const;
      return new CloudWorkspace("workspace", { ...common, ...place, data, attempt });
    }
    case "fly":
      return new FlyWorkspace("workspace", { ...common, ...settings.fly, deleteData, attempt });
  }
}

async function localWorkspace(
  { local, deleteData }: Extract<WorkspaceSettings, { place: "local" }>,
  common: Pick<
    ConstructorParameters<typeof LocalWorkspace>[1],
    "name" | "owner" | "spec" | "secrets" | "running"
  >,
): Promise<LocalWorkspace> {
  const { prefix, network, proxyUrl, extraCa } = local;
  const engine = { ...local.engine, certPath: local.engine.certPath };
  const provider = engineProvider(engine, undefined);
  const scope = { prefix, environment: "dev" } as const;
  const image =
    local.image === "build" ? builtImage(local, provider) : await presentImage(local.image, provider);
  return new LocalWorkspace(
    "workspace",
    {
      ...common,
      ...{ scope, engine, network, proxyEnvironment: "dev", proxyUrl, image, extraCa, deleteData },
    },
    { providers: { docker: provider } },
  );
}

/** The image as the dev stack would build it too, under the same name. */
function builtImage(
  { prefix, build, target }: LocalSettings,
  provider: docker.Provider,
): pulumi.Output<string> {
  const folder = `images/${WORKSPACE_ROLE}`;
  guardBuild(folder);
  const image = new docker.Image(
    "workspace-image",
    {
      imageName: `${sharedName({ prefix, environment: "dev" }, WORKSPACE_ROLE)}:${target === "full" ? "latest" : target}`,
      // From the project's folder, workspaces/.
      build: buildInput(build, { folder: `../${folder}`, target }),
      skipPush: true,
    },
    { provider },
  );
  return image.repoDigest;
}

/** @throws RunError where it is not on the engine: nothing is pulled for a workspace. */
async function presentImage(reference: string, provider: docker.Provider): Promise<string> {
  try {
    return (await docker.getRemoteImage({ name: reference }, { provider })).id;
  } catch (error) {
    throw new pulumi.RunError(
      `the image ${reference} is not on the engine: build it, or pull it there (${(error as Error).message})`,
    );
  }
}
