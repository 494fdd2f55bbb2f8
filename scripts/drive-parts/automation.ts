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
      if (environment !== "dev") {
        const shown: string[] = [];
        const keep = (text: string): void => void shown.push(text);
        await stack.preview({ ...common, signal, onOutput: keep }).catch((error: unknown) => {
          onOutput(shown.join(""));
          throw error;
        });
      }
      await stack.up({ ...common, signal, onOutput, onError: onOutput });
    });
  } catch (error) {
    throw new Error(
      `'pulumi up' of ${environment} failed: ${reasonsIn((error as Error).message)}\ndocs/runbook.md says what to do`,
      { cause: error },
    );
  }
}

/** Of the Automation API's message, which repeats all that Pulumi printed, what Pulumi calls an error; all of it where nothing is. */
export function reasonsIn(message: string): string {
  const errors = message.split("\n").flatMap((line) => /(?:^|\s)error: (.*)$/.exec(line)?.[1]?.trim() ?? []);
  return errors.length > 0 ? [...new Set(errors)].join("\n") : message.trim();
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
