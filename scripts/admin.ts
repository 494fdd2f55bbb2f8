// `scripts/berth-admin WORDS…`, `make pin DEV=01`: runs berth-admin in the onboarding container of the dev stack.
import { createContainerShell } from "../services/provision/container-shell";
import { outputsSchema } from "./lib/outputs";
import { stackOutputs } from "./lib/stack";
import { connectStackEngine } from "./lib/stack-engine";
import { main } from "./lib/steps";

main(async () => {
  const { serviceContainers } = outputsSchema.parse(await stackOutputs("dev"));
  const container = serviceContainers.onboarding;
  if (container === undefined)
    throw new Error(
      "the dev stack lets no developers in: set berth:identity.enabled to true in Pulumi.dev.yaml, then run 'make up'",
    );
  const { docker } = await connectStackEngine("dev");
  const words = process.argv.slice(2);
  const { exitCode, stdout, stderr } = await createContainerShell(docker, container).run(
    ["berth-admin", ...words],
    "",
  );
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
});
