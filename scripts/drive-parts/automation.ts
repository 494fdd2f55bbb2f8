import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import type { Environment } from "../../policy/rules";
import { interruptible } from "../lib/interrupts";
import { PARALLELISM } from "../lib/parallelism";
import { projectRoot, pulumiHome } from "../lib/paths";
import { configFileCopy, pulumiVariables } from "../lib/pulumi";
import { ensureStack } from "../lib/stack";

/**
 * Brings a stack up through Pulumi's Automation API, with this project's toolchain, backend and policy pack. Outside dev everything
 * is previewed first, so that the policy speaks before anything changes.
 * @param onOutput what Pulumi prints, as it comes.
 * @throws Error that points to what was printed; the stack's lock must be held.
 */
export async function bringUpByAutomation(
  environment: Environment,
  onOutput: (text: string) => void,
): Promise<void> {
  await ensureStack(environment);
  const stack = await selectStack(environment);
  const common = { parallel: PARALLELISM, configFile: configFileCopy(environment), color: "auto" as const };
  try {
    await interruptible(async (signal) => {
      if (environment !== "dev") await stack.preview({ ...common, signal });
      await stack.up({ ...common, signal, onOutput, onError: onOutput });
    });
  } catch (error) {
    throw new Error(
      `'pulumi up' of ${environment} failed: ${(error as Error).message.trim()}\ndocs/runbook.md says what to do`,
      { cause: error },
    );
  }
}

async function selectStack(environment: Environment): Promise<Stack> {
  return LocalWorkspace.selectStack(
    { stackName: environment, workDir: projectRoot },
    {
      envVars: pulumiVariables(environment),
      pulumiCommand: await PulumiCommand.get({ root: pulumiHome }),
    },
  );
}
