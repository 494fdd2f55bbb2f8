// `make down`: removes the stack's containers and networks; volumes, images and certificates stay.
import type { Environment } from "../policy/rules";
import { changeStack } from "./lib/change";
import { developerObjects, refuseUnlessAllowed, removeDeveloperObjects } from "./lib/developer-objects";
import { pulumiOrThrow } from "./lib/pulumi";
import { stackExists, stackResources } from "./lib/stack";
import { connectStackEngine } from "./lib/stack-engine";
import { stackLabel } from "./recover-parts/engine-objects";
import { environmentArgument, main, step } from "./lib/steps";

const REMOVED_TYPES = ["docker:index/container:Container", "docker:index/network:Network"];

async function takeDown(environment: Environment): Promise<void> {
  const resources = (await stackExists(environment)) ? await stackResources(environment) : [];
  const { docker } = await connectStackEngine(environment);
  const ofDevelopers = await developerObjects(docker, stackLabel(environment));
  refuseUnlessAllowed(ofDevelopers, `down ENV=${environment}`);
  const targets = resources.filter(({ type }) => REMOVED_TYPES.includes(type));
  if (targets.length === 0) {
    process.stdout.write(`nothing of '${environment}' runs\n`);
    return;
  }
  if (ofDevelopers.containers.length + ofDevelopers.networks.length > 0)
    await step(`remove ${ofDevelopers.containers.length} containers of developers; their volumes stay`, () =>
      removeDeveloperObjects(docker, ofDevelopers, { withVolumes: false }),
    );
  await step(`remove ${targets.length} containers and networks of '${environment}'`, () =>
    pulumiOrThrow(
      environment,
      [
        ...[
          "destroy",
          "--yes",
          "--skip-preview",
          "--stack",
          environment,
          "--target-dependents",
          "--suppress-permalink=true",
        ],
        ...targets.map(({ urn }) => `--target=${urn}`),
      ],
      { show: true },
    ),
  );
  process.stdout.write(
    `'${environment}' is down; volumes and certificates are kept ('make up' brings it back, 'make purge' removes all)\n`,
  );
}

main(() => {
  const environment = environmentArgument();
  return changeStack(environment, "down", () => takeDown(environment));
});
