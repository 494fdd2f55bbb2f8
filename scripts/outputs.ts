// `make outputs ENV=dev`: the stack's outputs as JSON on standard output, and nothing else there.
import { stackExists, stackOutputs } from "./lib/stack";
import { environmentArgument, main } from "./lib/steps";

main(async () => {
  const environment = environmentArgument();
  if (!(await stackExists(environment))) {
    throw new Error(`stack ${environment} does not exist: run 'make up ENV=${environment}' first`);
  }
  process.stdout.write(`${JSON.stringify(await stackOutputs(environment), undefined, 2)}\n`);
});
