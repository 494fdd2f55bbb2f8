import { splitWords } from "./split-words";

export type PackageManager = "npm" | "pnpm" | "yarn" | "bun";
const PACKAGE_MANAGERS: readonly string[] = ["auto", "npm", "pnpm", "yarn", "bun"];

/** `runtime.options` of a Pulumi.yaml, as the official host understands them. Source: pulumi.com/docs, project file. */
export interface RuntimeOptions {
  /** Compile TypeScript while loading. Default true. */
  typescript: boolean;
  /** Path of the tsconfig for that, relative to the program's folder. Default: its tsconfig.json. */
  tsconfig?: string;
  /** Arguments for Node itself (`--max-old-space-size=…`), before the program's. */
  nodeArguments: string[];
  /** What `pulumi install` runs. Default npm. */
  packageManager: PackageManager;
  /** `pulumi install` leaves development dependencies out. Default false. */
  production: boolean;
}

function option<Kind extends "string" | "boolean">(
  raw: Record<string, unknown>,
  key: string,
  kind: Kind,
): (Kind extends "string" ? string : boolean) | undefined {
  const value = raw[key];
  if (value === undefined) return undefined;
  if (typeof value !== kind) {
    throw new Error(`Pulumi.yaml: runtime option '${key}' must be a ${kind}, found ${JSON.stringify(value)}`);
  }
  return value as Kind extends "string" ? string : boolean;
}

/** Reads the options. Throws an error that names the option for one of the wrong type. */
export function parseRuntimeOptions(raw: Record<string, unknown>): RuntimeOptions {
  const manager = option(raw, "packagemanager", "string") ?? "auto";
  if (!PACKAGE_MANAGERS.includes(manager)) {
    throw new Error(
      `Pulumi.yaml: runtime option 'packagemanager' must be one of ${PACKAGE_MANAGERS.join(", ")}, found '${manager}'`,
    );
  }
  return {
    typescript: option(raw, "typescript", "boolean") ?? true,
    tsconfig: option(raw, "tsconfig", "string"),
    nodeArguments: splitWords(option(raw, "nodeargs", "string") ?? ""),
    packageManager: manager === "auto" ? "npm" : (manager as PackageManager),
    production: option(raw, "production", "boolean") ?? false,
  };
}

/** The variables by which `@pulumi/pulumi/cmd/run` and `cmd/run-policy-pack` learn these options. */
export function typescriptVariables(options: RuntimeOptions): Record<string, string> {
  return {
    ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
  };
}
