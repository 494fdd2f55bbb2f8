// `make purge`: removes everything a stack made: containers, networks, volumes, images, certificates and state.
import { createInterface } from "node:readline/promises";
import * as fs from "node:fs";
import Docker from "dockerode";
import { passphraseFile, stateFolder } from "./lib/paths";
import { pulumiOrThrow, pulumiVariables } from "./lib/pulumi";
import { stackExists, stackResources, type StackResource } from "./lib/stack";
import { environmentArgument, main, step } from "./lib/steps";

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

/** Image.delete leaves the local image, as the official plugin does, so the images that the stack built are removed here. */
async function removeBuiltImages(resources: StackResource[]): Promise<void> {
  const docker = new Docker();
  for (const { outputs } of resources.filter(({ type }) => type === "docker:index/image:Image")) {
    const image = outputs?.imageName;
    if (typeof image !== "string") continue;
    try {
      await docker.getImage(image).remove();
    } catch (error) {
      const status = (error as { statusCode?: number }).statusCode;
      if (status === 404) continue;
      if (status !== 409) throw error;
      process.stderr.write(`  kept image ${image}: something else uses it\n`);
    }
  }
}

/** The backend's own folder and passphrase go only with the last stack, and only where they are ours. */
async function removeState(environment: string): Promise<void> {
  await pulumiOrThrow(environment, ["stack", "rm", "--yes", "--stack", environment, "--preserve-config"]);
  const stacks = JSON.parse(await pulumiOrThrow(environment, ["stack", "ls", "--json"])) as unknown[];
  if (stacks.length > 0) return;
  const variables = pulumiVariables(environment);
  if (variables.PULUMI_BACKEND_URL) fs.rmSync(stateFolder, { recursive: true, force: true });
  if (variables.PULUMI_CONFIG_PASSPHRASE_FILE) fs.rmSync(passphraseFile, { force: true });
}

main(async () => {
  const environment = environmentArgument();
  if (!(await stackExists(environment))) {
    process.stdout.write(`there is no stack '${environment}' to purge\n`);
    return;
  }
  if (!(await confirmed(environment))) throw new Error("not confirmed: nothing was removed");
  const resources = await stackResources(environment);
  await step(`destroy all resources of '${environment}'`, () =>
    pulumiOrThrow(
      environment,
      ["destroy", "--yes", "--skip-preview", "--stack", environment, "--suppress-permalink=true"],
      { show: true },
    ),
  );
  await step("remove the images that it built", () => removeBuiltImages(resources));
  await step("remove its state", () => removeState(environment));
  process.stdout.write(
    `'${environment}' is gone; the base images berth-base and berth-extra-ca stay, since other installations may stand on them\n`,
  );
});
