// `make purge`: removes everything a stack made: containers, networks, volumes, images, certificates and state.
import { createInterface } from "node:readline/promises";
import * as fs from "node:fs";
import type { Environment } from "../policy/rules";
import { changeStack } from "./lib/change";
import { removeDeveloperImages } from "./lib/developer-images";
import { developerObjects, refuseUnlessAllowed, removeDeveloperObjects } from "./lib/developer-objects";
import { passphraseFile, stateFolder } from "./lib/paths";
import { pulumiOrThrow, pulumiVariables } from "./lib/pulumi";
import { stackExists, stackResources } from "./lib/stack";
import { connectStackEngine } from "./lib/stack-engine";
import { removeStackImages } from "./lib/stack-images";
import { environmentArgument, main, step } from "./lib/steps";
import { stackLabel } from "./recover-parts/engine-objects";

async function confirmed(environment: string): Promise<boolean> {
  if (process.env.YES === "1") return true;
  if (!process.stdin.isTTY)
    throw new Error(`'make purge' removes the volumes of '${environment}': confirm with YES=1`);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(
      `Remove all of '${environment}', databases and certificates included? Type its name: `,
    );
    return answer.trim() === environment;
  } finally {
    prompt.close();
  }
}

/** The backend's own folder and passphrase go only with the last stack, workspaces' too, and only where they are ours. */
async function removeState(environment: string): Promise<void> {
  await pulumiOrThrow(environment, ["stack", "rm", "--yes", "--stack", environment, "--preserve-config"]);
  const stacks = JSON.parse(
    await pulumiOrThrow(environment, ["stack", "ls", "--all", "--json"]),
  ) as unknown[];
  if (stacks.length > 0) return;
  const variables = pulumiVariables(environment);
  if (variables.PULUMI_BACKEND_URL) fs.rmSync(stateFolder, { recursive: true, force: true });
  if (variables.PULUMI_CONFIG_PASSPHRASE_FILE) fs.rmSync(passphraseFile, { force: true });
}

async function purge(environment: Environment): Promise<void> {
  const resources = await stackResources(environment);
  const { docker } = await connectStackEngine(environment);
  const ofDevelopers = await developerObjects(docker, stackLabel(environment));
  refuseUnlessAllowed(ofDevelopers, `purge ENV=${environment}`);
  await step(`remove ${ofDevelopers.containers.length} containers of developers`, () =>
    removeDeveloperObjects(docker, ofDevelopers, { withVolumes: true }),
  );
  const images = await step("remove the images that developers built", () =>
    removeDeveloperImages(docker, stackLabel(environment)),
  );
  for (const name of images.kept)
    process.stderr.write(`  kept image ${name} of a developer: something else uses it\n`);
  await step(`destroy all resources of '${environment}'`, () =>
    pulumiOrThrow(
      environment,
      ["destroy", "--yes", "--skip-preview", "--stack", environment, "--suppress-permalink=true"],
      { show: true },
    ),
  );
  await step("remove the images that it built or pulled", () => removeStackImages(environment, resources));
  await step("remove its state", () => removeState(environment));
  process.stdout.write(
    `'${environment}' is gone; the base images berth-base and berth-extra-ca stay, since other installations may stand on them\n`,
  );
}

main(async () => {
  const environment = environmentArgument();
  if (!(await stackExists(environment))) {
    process.stdout.write(`there is no stack '${environment}' to purge\n`);
    return;
  }
  if (!(await confirmed(environment))) throw new Error("not confirmed: nothing was removed");
  await changeStack(environment, "purge", () => purge(environment));
});
