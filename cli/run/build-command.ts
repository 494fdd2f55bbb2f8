import { findApp } from "../app/find-app";
import { EXIT, Failure } from "../failure";
import { note, printFact, type OutputOptions } from "../output";
import { openSession } from "../session";
import type { SettingFlags } from "../settings";
import { imageNameOf } from "./app-image";
import { buildImage } from "./build-image";
import { dockerfileOf } from "./image-inputs";
import { Phases } from "./phases";

export interface BuildFlags extends SettingFlags, OutputOptions {
  tag?: string;
  /** Another stage of the Dockerfile than the app's own: one that holds its tests, for example. */
  target?: string;
}

/** `berth build`: the stage that `berth run` without --reload runs, and that is promoted to tst and pro. */
export async function buildCommand(name: string, flags: BuildFlags): Promise<void> {
  const phases = new Phases();
  const session = await openSession(flags);
  const app = findApp(session.settings, name);
  const dockerfile = dockerfileOf(app);
  if (dockerfile === undefined) {
    throw new Failure(
      `app '${name}' has no ${app.manifest.build.dockerfile} in ${app.folder}: write one with a stage '${app.manifest.build.target}', or correct build.dockerfile in its berth.yaml`,
      EXIT.usage,
    );
  }
  const server = await session.server();
  const imageName = imageNameOf({ server, app }, flags.tag);
  const target = flags.target ?? app.manifest.build.target;
  const built = await buildImage(session.engine, {
    app,
    dockerfile,
    target,
    imageName,
    server,
    onLine: note,
  });
  printFact(
    flags,
    { app: name, image: imageName, ...built, milliseconds: phases.totalMs },
    `${imageName} is ${built.id.slice(0, 19)}: ${built.cachedSteps} of ${built.steps} steps were there, ${phases.totalMs} ms`,
  );
}
