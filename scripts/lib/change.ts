import type { Environment } from "../../policy/rules";
import { settle } from "../recover-parts/settle";
import { withLock } from "./lock";
import { pulumiLockRefusal, pulumiLocks } from "./pulumi-lock";
import { stackExists } from "./stack";
import { step } from "./steps";
import { beginChange, endChange, unfinishedChange } from "./unfinished";

/** Throws where a Pulumi command holds the stack, or a killed one left its lock behind. */
function refusePulumiLocks(stack: string): void {
  const [lock] = pulumiLocks(stack);
  if (lock === undefined) return;
  if (lock.holder !== "left") throw pulumiLockRefusal(stack, lock);
  const command = unfinishedChange(stack)?.command ?? "Pulumi command";
  throw new Error(`an earlier '${command}' was killed: run make recover ENV=${stack}`);
}

/**
 * Runs an action that changes a stack: alone, and not on top of a killed one. What a change that failed or was ended left half
 * done is put right first.
 * @param verb the make target.
 * @param command what the user typed, where that is no make target.
 */
export async function changeStack<T>(
  stack: Environment,
  verb: string,
  action: () => Promise<T>,
  command = `make ${verb} ENV=${stack}`,
): Promise<T> {
  return withLock(stack, command, async () => {
    const unfinished = unfinishedChange(stack);
    if (await stackExists(stack)) {
      refusePulumiLocks(stack);
      if (unfinished !== undefined) {
        const what = `put right what '${unfinished.command}' of ${unfinished.since} left unfinished`;
        for (const line of await step(what, () => settle(stack, true))) process.stderr.write(`  ${line}\n`);
      }
    }
    beginChange(stack, command);
    const result = await action();
    endChange(stack);
    return result;
  });
}
