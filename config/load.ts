/** The only reader of an environment's config, of the process environment, and of the apps' files. */
import * as pulumi from "@pulumi/pulumi";
import { readApp, type LoadedApp } from "./app-folder";
import { crossProblems } from "./cross-checks";
import { engineAddress, type EngineAddress } from "./engine-address";
import { extraCaImageName, findExtraCaBundle, type ExtraCaBundle } from "./extra-ca";
import { formatPath, validate, type Problem } from "./problems";
import { instanceKey } from "../spec/names";
import { environments } from "../policy/rules";
import { configSchema, type BerthConfig } from "./schema";

const NAMESPACE = "berth";

/** All that a stack is built from: plain values, validated. */
export interface LoadedConfig {
  config: BerthConfig;
  engine: EngineAddress;
  apps: LoadedApp[];
  extraCa: ExtraCaBundle | undefined;
  extraCaImage: string;
  /** berth:appSecrets in clear: stacks/app-secrets.ts makes secrets of what apps ask for. */
  configuredSecrets: Record<string, string>;
  /** Password for registry.external, as a secret; undefined where none is needed. */
  registryPassword: pulumi.Output<string> | undefined;
}

/**
 * Reads and validates everything before any resource is declared.
 * @throws RunError, which Pulumi shows without a stack trace: every problem at once, each with key, file and fix, without the value.
 */
export function loadConfig(): LoadedConfig {
  const stack = pulumi.getStack();
  const file = `Pulumi.${stack}.yaml`;
  const raw = rawConfig(pulumi.runtime.allConfig());
  refuseOtherEnvironment(raw.environment, stack, file);
  const parsed = parseConfig(raw, file);
  const config: BerthConfig = { ...parsed, registryPassword: "", appSecrets: {} };
  refuseClearText(parsed.appSecrets, file);
  const projectFolder = process.cwd();
  const [extraCa] = collect([() => findExtraCaBundle(config.extraCaBundle, process.env)]);
  return {
    config,
    configuredSecrets: parsed.appSecrets,
    registryPassword:
      parsed.registryPassword === ""
        ? undefined
        : new pulumi.Config(NAMESPACE).requireSecret("registryPassword"),
    engine: engineAddress(config.engine, process.env),
    apps: unique(collect(config.apps.map((app) => () => readApp(projectFolder, app)))),
    extraCa,
    extraCaImage: extraCaImageName(extraCa),
  };
}

/** The keys of our namespace with their values: Pulumi hands over structured ones as JSON text. */
export function rawConfig(all: Record<string, string>): Record<string, unknown> {
  const own = Object.entries(all).filter(([key]) => key.startsWith(`${NAMESPACE}:`));
  return Object.fromEntries(own.map(([key, text]) => [key.slice(NAMESPACE.length + 1), structured(text)]));
}

function structured(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // No JSON after all: the schema then says what the key must be.
    return text;
  }
}

/** The language host names the keys that are encrypted in the file; a preview without the passphrase's owner has no others. */
function refuseClearText(appSecrets: Record<string, string>, file: string): void {
  const secretKeys = process.env.PULUMI_CONFIG_SECRET_KEYS;
  if (Object.keys(appSecrets).length === 0 || secretKeys === undefined) return;
  if ((JSON.parse(secretKeys) as string[]).includes(`${NAMESPACE}:appSecrets`)) return;
  throw new pulumi.RunError(
    `berth:appSecrets holds values in clear text (${file}): remove them, give them new values, and set each with ` +
      `pulumi config set --secret --path 'berth:appSecrets["<key>"]'`,
  );
}

/** A stack is its environment: one named pro with the rules of dev would be a way around every rule. */
function refuseOtherEnvironment(environment: unknown, stack: string, file: string): void {
  if (environment === stack || !environments.some((known) => known === environment)) return;
  throw new pulumi.RunError(
    `stack '${stack}' has ${NAMESPACE}:environment ${String(environment)} (${file}): a stack is named like its environment; ` +
      `write ${stack} there, or choose stack ${String(environment)}`,
  );
}

/** Validates raw config. `file` is named in messages. */
export function parseConfig(raw: Record<string, unknown>, file: string): BerthConfig {
  const result = validate(configSchema, raw);
  const problems = "value" in result ? crossProblems(result.value, raw) : result.problems;
  if ("value" in result && problems.length === 0) return result.value;
  const lines = problems.map((problem) => `  ${describe(problem)} (${file})`);
  throw new pulumi.RunError(
    `the configuration has ${lines.length} problem${lines.length > 1 ? "s" : ""}; nothing was touched:\n${lines.join("\n")}`,
  );
}

function describe({ path: keys, fix }: Problem): string {
  return `${NAMESPACE}:${formatPath(keys)} ${fix}`;
}

/** Two instances of one app need two developers: their containers would have one name. */
function unique(apps: LoadedApp[]): LoadedApp[] {
  const keys = apps.map(({ manifest, developerId }) => instanceKey({ app: manifest.name, developerId }));
  const [repeated] = keys.filter((key, index) => keys.indexOf(key) !== index);
  if (repeated === undefined) return apps;
  throw new pulumi.RunError(
    `berth:apps names ${repeated} twice: remove one, give it another developerId, or rename the app in its berth.yaml`,
  );
}

/** Runs all readers and throws all their messages together. */
function collect<T>(readers: (() => T)[]): T[] {
  const messages: string[] = [];
  const values: T[] = [];
  for (const reader of readers) {
    try {
      values.push(reader());
    } catch (error) {
      messages.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (messages.length > 0) throw new pulumi.RunError(messages.join("\n"));
  return values;
}
