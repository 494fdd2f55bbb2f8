import * as pulumi from "@pulumi/pulumi";
import { secretsOf } from "../config/app-secrets";
import type { LoadedConfig } from "../config/load";
import { projectSecretReader } from "../config/project-secrets";

/** Values of secrets by app and key. */
export type AppSecrets = Record<string, Record<string, pulumi.Output<string>>>;

/**
 * The secrets that the apps of a stack name in their berth.yaml.
 * @throws RunError in `up`, before anything is created, naming each missing one with the command that gives it a value. A preview warns
 * instead, since a runner may have neither the passphrase's owner nor an identity.
 */
export async function appSecrets({ config, apps, configuredSecrets }: LoadedConfig): Promise<AppSecrets> {
  const project = projectSecretReader(process.cwd());
  const found: AppSecrets = {};
  const problems = new Set<string>();
  for (const { manifest } of apps) {
    const { values, problem } = await secretsOf(manifest, {
      ...{ environment: config.environment, configured: configuredSecrets, project },
    });
    found[manifest.name] = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, pulumi.secret(value)]),
    );
    if (problem !== undefined) problems.add(problem);
  }
  if (problems.size === 0) return found;
  const message = [...problems].join("\n");
  if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(message);
  await pulumi.log.warn(message);
  return found;
}
