import { environments, type Environment } from "../../policy/rules";

/** Runs one step of a longer job, saying what it does and how long it took. */
export async function step<T>(what: string, action: () => Promise<T>): Promise<T> {
  const startedMs = Date.now();
  process.stderr.write(`→ ${what}\n`);
  const result = await action();
  process.stderr.write(`  done in ${((Date.now() - startedMs) / 1000).toFixed(1)} s\n`);
  return result;
}

/** Runs a script's main function: an error becomes one clear message and exit code 1, never a stack trace. */
export function main(action: () => Promise<void>): void {
  action().catch((error: unknown) => {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}

/** The environment a script works on: its first argument. Throws for a name that is none of ours. */
export function environmentArgument(argv: string[] = process.argv): Environment {
  const given = argv[2] ?? "dev";
  const environment = environments.find((known) => known === given);
  if (environment) return environment;
  throw new Error(`ENV=${given} is no environment: use ENV=dev, ENV=tst or ENV=pro`);
}
