import * as path from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Step, StepResults } from "../../services/fly-machines/request";

/** The bundle of services/fly-machines, where `make` puts it. */
const BUNDLE = path.join(__dirname, "..", "..", ".berth", "build", "fly-machines.js");

export interface FlyStep<S extends Step> {
  result: pulumi.Output<StepResults[S]>;
  resource: pulumi.Resource;
}

export interface FlyStepArgs {
  app: string;
  /** What services/fly-machines reads for the step. */
  request: pulumi.Input<object>;
  /** Whether the log shows what the step tells a person, such as which volume a destroy keeps. Not where it is given secrets. */
  isTalkative?: boolean;
}

/**
 * One part of a workspace at Fly.io, made, changed and removed by a program of ours. The token is not part of it: the program finds it
 * in its variables (FLY_API_TOKEN), so that no state keeps it and a new one changes nothing.
 */
export function flyStep<S extends Step>(
  name: string,
  step: S,
  { app, request, isTalkative = false }: FlyStepArgs,
  options: pulumi.CustomResourceOptions,
): FlyStep<S> {
  const resource = new command.local.Command(
    `${name}-${step}`,
    {
      create: program(step),
      update: program(step),
      delete: program(`${step} --remove`),
      stdin: pulumi.jsonStringify(request),
      // Another name is another app: the old one is left as a destroy leaves it.
      triggers: [app],
      addPreviousOutputInEnv: false,
      logging: isTalkative ? "stderr" : "none",
    },
    options,
  );
  return { result: resource.stdout.apply((text) => JSON.parse(text) as StepResults[S]), resource };
}

/** From the folder of the Pulumi project, in which commands run. `words` holds no secret. */
function program(words: string): string {
  return `node ${path.relative(process.cwd(), BUNDLE)} ${words}`;
}
