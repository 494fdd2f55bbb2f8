// `make recover`: after an `up`, `down` or `purge` was killed, makes state and engine agree again, so that `make up` converges.
import { withLock } from "./lib/lock";
import { pulumiOrThrow } from "./lib/pulumi";
import { pulumiLockRefusal, pulumiLocks } from "./lib/pulumi-lock";
import { stackExists } from "./lib/stack";
import { environmentArgument, main, step } from "./lib/steps";
import { endChange, unfinishedChange } from "./lib/unfinished";
import { endLeftovers } from "./recover-parts/processes";
import { settle } from "./recover-parts/settle";

const say = (line: string): void => void process.stdout.write(`  ${line}\n`);

/** Ends what is left of a killed run. A Pulumi command that somebody else runs is none of that. */
async function endKilledRun(environment: string, thisRun: string): Promise<void> {
  const ended = await endLeftovers(environment, thisRun, (left) =>
    say(`${left.length} processes of an earlier run still live: waiting for them to end`),
  );
  for (const { pid, command } of ended)
    say(`ended process ${pid} of an earlier run: ${command.slice(0, 80)}`);
}

/** Whether there was a lock that a killed engine left. */
async function clearPulumiLocks(environment: string): Promise<boolean> {
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
  await withLock(environment, `make recover ENV=${environment}`, async (lock) => {
    await step("end what is left of a killed run", () => endKilledRun(environment, lock.id));
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
