import type { z } from "zod";
import type { MachinesApi } from "./api";
import { ensureApp, removeApp } from "./app";
import { explained, type Subject } from "./explain";
import { ensureMachine, removeMachine } from "./machine";
import { requests, type Step, type StepResults } from "./request";
import { ensureSecrets, removeSecrets } from "./secrets";
import { ensureVolume, removeVolume } from "./volume";

interface Work<Result> {
  /** Makes it so, whatever is there of an earlier run. */
  make: (api: MachinesApi, input: unknown) => Promise<Result>;
  /** Returns a sentence of what became of it; what is gone already is no error. */
  remove: (api: MachinesApi, input: unknown) => Promise<string>;
}

/** Each step by its word. */
export const STEPS: { [S in Step]: Work<StepResults[S]> } = {
  app: work("the app", requests.app, ensureApp, removeApp),
  volume: work("the volume", requests.volume, ensureVolume, removeVolume),
  secrets: work("the secrets", requests.secrets, ensureSecrets, removeSecrets),
  machine: work("the machine", requests.machine, ensureMachine, removeMachine),
};

function work<Request extends { app: string }, Result>(
  what: string,
  schema: z.ZodType<Request>,
  make: (api: MachinesApi, request: Request) => Promise<Result>,
  remove: (api: MachinesApi, request: Request) => Promise<string>,
): Work<Result> {
  return {
    make: (api, input) => run(schema, input, `make ${what}`, (request) => make(api, request)),
    remove: (api, input) => run(schema, input, `remove ${what}`, (request) => remove(api, request)),
  };
}

async function run<Request extends { app: string }, Result>(
  schema: z.ZodType<Request>,
  input: unknown,
  doing: string,
  task: (request: Request) => Promise<Result>,
): Promise<Result> {
  const checked = schema.safeParse(input);
  if (!checked.success) {
    const problems = checked.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new Error(`Fly.io: standard input does not say how to ${doing}: ${problems.join("; ")}`);
  }
  try {
    return await task(checked.data);
  } catch (error) {
    throw explained(error, doing, subjectOf(checked.data));
  }
}

function subjectOf(request: { app: string } & Partial<Subject> & { config?: { image: string } }): Subject {
  const { app, region, organization, config } = request;
  return { app, region, organization, image: config?.image };
}
