// `make preview ENV=dev|tst|pro`: what `up` would change, and every finding of the policy pack. Ends with 0 only where that may be
// merged. Changes nothing, and needs neither an engine nor images.
import { pulumi, pulumiVariables } from "./lib/pulumi";
import { ensureStack } from "./lib/stack";
import { environmentArgument, main, step } from "./lib/steps";

/**
 * A runner without the team's state has no stacks. In a backend of our own they are made, empty: the plan is then one from nothing.
 * dev too, since tst and pro may refer to it.
 */
async function ensureStacks(environment: string): Promise<void> {
  if (environment !== "dev" && pulumiVariables(environment).PULUMI_BACKEND_URL) await ensureStack("dev");
  await ensureStack(environment);
}

main(async () => {
  const environment = environmentArgument();
  await step(`make the stack '${environment}' present`, () => ensureStacks(environment));
  const args = ["preview", "--stack", environment, "--suppress-permalink=true"];
  const { exitCode } = await pulumi(environment, args, { show: true });
  if (exitCode !== 0) {
    throw new Error(
      `this must not be merged: the preview of ${environment} failed (exit code ${exitCode}); the cause is printed above`,
    );
  }
});
