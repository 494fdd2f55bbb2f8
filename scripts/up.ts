// `make up`: brings a stack up and ends with what runs, where to open it and how to stop it.
import { changeStack } from "./lib/change";
import { probeUntilOk } from "./lib/http-probe";
import { outputsSchema, type Outputs } from "./lib/outputs";
import { PARALLELISM } from "./lib/parallelism";
import { pulumi } from "./lib/pulumi";
import { ensureStack, stackOutputs } from "./lib/stack";
import { environmentArgument, main, step } from "./lib/steps";
import { table } from "./lib/table";

/** How long a route may take to appear after its container became healthy. */
const ROUTE_WAIT_MS = 20_000;

async function appRows(outputs: Outputs): Promise<string[][]> {
  return Promise.all(
    Object.entries(outputs.appUrls).map(async ([app, url]) => {
      const status = await probeUntilOk(url, outputs.proxyUrl, ROUTE_WAIT_MS);
      return [
        app,
        outputs.appContainers[app] ?? "",
        status === 200 ? "answers 200" : `answers ${status}`,
        url,
      ];
    }),
  );
}

/** How a developer gets in, where the stack lets any in. */
function onboardingHint({ environment, dockerHost, onboardingUrl }: Outputs): string {
  if (onboardingUrl === "" || environment !== "dev") return "";
  return `
developers   onboard at ${onboardingUrl}, then use the engine at ${dockerHost}
             1. make pin DEV=01           a one-time PIN for developer 01, for 15 minutes
             2. they trade it for a certificate: docs/onboarding.md
`;
}

async function bringUp(environment: string): Promise<void> {
  await step(`make the stack '${environment}' present`, () => ensureStack(environment));
  await step(`bring '${environment}' up`, async () => {
    // What the policy says of a whole stack it says at the end of a run: outside dev that must come before anything changes.
    const preview = environment === "dev" ? ["--skip-preview"] : [];
    const args = [
      "up",
      "--yes",
      ...preview,
      "--stack",
      environment,
      `--parallel=${PARALLELISM}`,
      "--suppress-permalink=true",
    ];
    const { exitCode } = await pulumi(environment, args, { show: true });
    if (exitCode !== 0) {
      throw new Error(
        `'pulumi up' of ${environment} failed (exit code ${exitCode}): the cause is printed above; docs/runbook.md says what to do`,
      );
    }
  });
  const outputs = outputsSchema.parse(await stackOutputs(environment));
  const services = Object.entries(outputs.serviceContainers).map(([role, container]) => [
    role,
    container,
    "healthy",
    "",
  ]);
  const apps = await appRows(outputs);
  process.stdout.write(`\n${table(["what", "container", "state", "open"], [...services, ...apps])}\n`);
  process.stdout.write(
    `\nproxy   ${outputs.proxyUrl}\nstop    make down ENV=${environment}    (keeps volumes and certificates)\n`,
  );
  process.stdout.write(onboardingHint(outputs));
  const silent = apps.filter((row) => row[2] !== "answers 200");
  if (silent.length > 0) {
    throw new Error(
      `${silent.map(([app]) => app).join(", ")} did not answer 200 through the proxy within ${ROUTE_WAIT_MS / 1000} s`,
    );
  }
}

main(() => {
  const environment = environmentArgument();
  return changeStack(environment, "up", () => bringUp(environment));
});
