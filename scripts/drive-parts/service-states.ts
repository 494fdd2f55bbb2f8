import { createContainerShell } from "../../services/provision/container-shell";
import { look } from "../../services/provision/settle";
import type { Environment } from "../../policy/rules";
import { z } from "zod";
import { stackOutputs } from "../lib/stack";
import { connectStackEngine } from "../lib/stack-engine";

/** One shared service of a stack, as the engine has it now. */
export interface ServiceState {
  service: string;
  container: string;
  /** "healthy", or what is wrong. */
  state: string;
}

/** Outputs of an older program have it too. */
const outputsSchema = z.object({ serviceContainers: z.record(z.string(), z.string()) });

/** Asks the engine for every service that a stack's outputs name. */
export async function serviceStates(environment: Environment): Promise<ServiceState[]> {
  const { serviceContainers } = outputsSchema.parse(await stackOutputs(environment));
  const { docker } = await connectStackEngine(environment);
  return Promise.all(
    Object.entries(serviceContainers).map(async ([service, container]) => {
      const { problem } = await look(docker, createContainerShell(docker, container)).catch(
        (error: Error) => ({ problem: error.message }),
      );
      return { service, container, state: problem ?? "healthy" };
    }),
  );
}
