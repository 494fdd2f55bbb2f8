import { text } from "node:stream/consumers";
import { z } from "zod";
import { workspaceSpec } from "../../spec/workspace/workspace-spec";
import { pulumiHome } from "../lib/paths";
import { step } from "../lib/steps";
import { bundles, ensureBundle } from "../toolchain-parts/bundles";
import { ensureProviderPlugin } from "../toolchain-parts/plugins";
import { CLOUD_PLUGINS } from "../toolchain-parts/versions";
import { allowedWays } from "../toolchain-parts/way";
import type { WorkspaceRequest } from "./workspace-request";
import { create, destroy, list, setRunning, type Change } from "../workspace-parts/workspaces";

/** On standard input of `create`: secrets are in no list of processes. */
const wanted = z.strictObject({ spec: workspaceSpec, secrets: z.record(z.string(), z.string()) });

/** Does what is asked of a workspace in a cloud. @throws Error in Pulumi's words. */
export async function driveWorkspace(request: WorkspaceRequest): Promise<unknown> {
  const { verb, place, owner, name, deleteData } = request;
  const key = { place, owner, name };
  if (place === "azure" && verb !== "list") {
    await step(`make the plugin of ${place} present`, () =>
      ensureProviderPlugin(pulumiHome, CLOUD_PLUGINS.azure, allowedWays(process.env)),
    );
  }
  if (place === "fly" && verb !== "list") await ensureFlySteps();
  switch (verb) {
    case "create": {
      const { spec, secrets } = wanted.parse(JSON.parse(await text(process.stdin)));
      return made(await create(key, { spec, secrets, place: {} }));
    }
    case "start":
      return made(await setRunning(key, true));
    case "stop":
      return { ran: (await setRunning(key, false)).ran };
    case "destroy": {
      const left = await destroy(key, deleteData);
      return { keptData: left && Object.values(left.resourceIds).join(", ") };
    }
    case "list":
      return (await list({ place, owner })).map(({ name: workspace, running, since, url, sshCommand }) => ({
        ...{ workspace, state: running ? "running" : "stopped", since, url, ssh: sshCommand },
      }));
  }
}

/** The program that makes, changes and removes what a workspace is at Fly.io. */
async function ensureFlySteps(): Promise<void> {
  const [bundle] = bundles(["services"]).filter(({ source }) => source === "services/fly-machines");
  if (bundle) await ensureBundle(bundle);
}

async function made({ action, state }: Change): Promise<object> {
  const { url, sshCommand: ssh, resourceIds: resources } = state;
  return { url, ssh, action, resources, reachable: await answers(url) };
}

/** Whether the editor's address answers anything from here; a certificate may take a while the first time. */
async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(5_000), redirect: "manual" }).then(
    () => true,
    () => false,
  );
}
