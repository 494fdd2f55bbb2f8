import type { Environment } from "../../policy/rules";
import { instanceKey } from "../../spec/names";
import { changeStack } from "../lib/change";
import { ConfigFile } from "../lib/config-file";
import { probeUntilOk } from "../lib/http-probe";
import { outputsSchema } from "../lib/outputs";
import { stackOutputs } from "../lib/stack";
import { step } from "../lib/steps";
import { bringUpByAutomation } from "./automation";

/** How long a route may take to appear after its container became healthy. */
const ROUTE_WAIT_MS = 20_000;

/** An app of tst or pro that runs. */
export interface RunningApp {
  environment: Environment;
  app: string;
  container: string;
  image: string;
  url: string;
}

/**
 * Brings an environment up, so that an app runs there by the image that its config names, and waits for its answer.
 * @throws Error naming the command that gives the app an image, the lock's holder, or what failed.
 */
export async function runApp(environment: "tst" | "pro", app: string, command: string): Promise<RunningApp> {
  refuseWithoutImage(environment, app);
  return changeStack(
    environment,
    "up",
    async () => {
      await step(`bring '${environment}' up`, () =>
        bringUpByAutomation(environment, (text) => void process.stderr.write(text)),
      );
      const outputs = outputsSchema.parse(await stackOutputs(environment));
      const key = instanceKey({ app });
      const url = outputs.appUrls[key] ?? "";
      const status = await probeUntilOk(url, outputs.proxyUrl, ROUTE_WAIT_MS);
      if (status !== 200) {
        throw new Error(
          `${app} answers ${status} at ${url} and not 200 within ${ROUTE_WAIT_MS / 1_000} s: berth logs ${app} --env ${environment}`,
        );
      }
      return {
        environment,
        app,
        container: outputs.appContainers[key] ?? "",
        image: outputs.appImages[key] ?? "",
        url,
      };
    },
    command,
  );
}

/** Before anything is touched: nothing is built for tst and pro. */
function refuseWithoutImage(environment: "tst" | "pro", app: string): void {
  const config = ConfigFile.read(environment);
  const entry = config.apps().find(({ manifest }) => manifest.name === app);
  if (entry && config.images({ kind: "app", name: app, path: entry.path }).image !== undefined) return;
  const build = environment === "tst" ? `'berth build ${app}', then ` : "";
  throw new Error(
    `${config.name} names no image of ${app}: run ${build}'berth promote ${app} --to ${environment}' (or make promote APP=${app} TO=${environment})`,
  );
}
