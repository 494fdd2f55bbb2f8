// `make recover`: after an `up`, `down` or `purge` was killed, makes state and engine agree again, so that `make up` converges.
import type { Environment } from "../policy/rules";
import { killedRun, withLock } from "./lib/lock";
import { pulumiOrThrow } from "./lib/pulumi";
import { pulumiLockRefusal, pulumiLocks } from "./lib/pulumi-lock";
import { stackExists } from "./lib/stack";
import { environmentArgument, main, step } from "./lib/steps";
import { endChange, unfinishedChange } from "./lib/unfinished";
import { endLeftovers } from "./recover-parts/processes";
import { settle } from "./recover-parts/settle";

const say = (line: string): void => void process.stdout.write(`  ${line}\n`);

/** Ends what is left of killed runs: nobody who is at work may be among them. */
async function endKilled(environment: Environment, runs: { id: string } | { except: string }): Promise<void> {
  const ended = await endLeftovers(environment, runs, (left) =>
    say(`${left.length} processes of an earlier run still live: waiting for them to end`),
  );
  for (const { pid, command } of ended)
    say(`ended process ${pid} of an earlier run: ${command.slice(0, 80)}`);
}

/** Whether there was a lock that a killed engine left. */
async function clearPulumiLocks(environment: Environment): Promise<boolean> {
  const locks = pulumiLocks(environment);
  const held = locks.find(({ holder }) => holder !== "left");
  if (held !== undefined) throw pulumiLockRefusal(environment, held);
  if (locks.length === 0) return false;
  await pulumiOrThrow(environment, ["cancel", "--yes", "--stack", environment]);
  for (const { pid, timestamp } of locks)
    say(`cleared the lock that Pulumi (process ${pid}) has held since ${timestamp}`);
  return true;
}

main(async () => {
  const environment = environmentArgument();
  // Its lock does not clear itself as long as what it started lives.
  const killed = killedRun(environment);
  if (killed !== undefined) await endKilled(environment, { id: killed });
  await withLock(environment, `make recover ENV=${environment}`, async (lock) => {
    // Whoever holds the lock is alone, so whatever else is at work was left behind.
    await step("end what is left of killed runs", () => endKilled(environment, { except: lock.id }));
    if (!(await stackExists(environment))) {
      process.stdout.write(`there is no stack '${environment}': nothing to recover\n`);
      return;
    }
    const locked = await step("clear the locks that it left", () => clearPulumiLocks(environment));
    const done = await step("make the state and the engine agree", () =>
      settle(environment, locked || unfinishedChange(environment) !== undefined),
    );
    done.forEach(say);
    endChange(environment);
    process.stdout.write(
      done.length === 0 && !locked
        ? `nothing of '${environment}' had to be recovered\n`
        : `'${environment}' is recovered: 'make up ENV=${environment}' makes it whole\n`,
    );
  });
});
