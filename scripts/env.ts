// `make env`: the exports with which plain pulumi commands work in this folder: eval "$(make -s env)".
import { ensureBackend, pulumiVariables } from "./lib/pulumi";
import { environmentArgument, main } from "./lib/steps";

/** Quotes for a POSIX shell. */
function shellQuote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

main(() => {
  const environment = environmentArgument();
  ensureBackend(environment);
  for (const [name, value] of Object.entries(pulumiVariables(environment))) {
    process.stdout.write(`export ${name}=${shellQuote(value)}\n`);
  }
  return Promise.resolve();
});
