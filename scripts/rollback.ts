// `make rollback APP=shop ENV=pro`: swaps an image with the one that ran before, and brings the environment up (unless UP=no).
import { spawn } from "node:child_process";
import { ConfigFile } from "./lib/config-file";
import { withLock } from "./lib/lock";
import { projectRoot } from "./lib/paths";
import { main } from "./lib/steps";
import { rollback } from "./promote-parts/rollback";
import { builtEnvironment } from "./promote-parts/selection";

function makeUp(environment: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("make", ["--no-print-directory", "up", `ENV=${environment}`], {
      cwd: projectRoot,
      stdio: "inherit",
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `Pulumi.${environment}.yaml is rolled back, but 'make up ENV=${environment}' failed: see above, then run it again`,
          ),
        );
    });
  });
}

main(async () => {
  const environment = builtEnvironment("ENV", process.env.ENV || undefined);
  const choice = process.env.APP || undefined;
  // Bringing it up takes the lock itself.
  const { image, previousImage } = await withLock(
    environment,
    `make rollback APP=${choice ?? ""} ENV=${environment}`,
    () => Promise.resolve(rollback(ConfigFile.read(environment), choice)),
  );
  process.stdout.write(
    `Pulumi.${environment}.yaml: ${process.env.APP} is back to ${image}\n  from ${previousImage}\n`,
  );
  if (process.env.UP === "no") process.stdout.write(`next: make up ENV=${environment}\n`);
  else await makeUp(environment);
});
