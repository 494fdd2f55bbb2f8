import { engineAddress } from "../../config/engine-address";
import { formatPath, validate } from "../../config/problems";
import { configSchema, type BerthConfig } from "../../config/schema";
import { connect, type Engine } from "../../plugins/docker/engine/client";
import { RegistryCredentials } from "../../plugins/docker/engine/registry-auth";
import type { Scope } from "../../spec/names";
import type { ConfigFile } from "../lib/config-file";
import type { Registry } from "./registry";

/** The settings of dev, where images are built and whose registry they go to. */
export type DevSettings = Extract<BerthConfig, { environment: "dev" }>;

/** Validates what Pulumi.dev.yaml says. @throws Error with every problem, each with its key. */
export function devSettings(file: ConfigFile): DevSettings {
  const result = validate(configSchema, file.values());
  if ("problems" in result) {
    const lines = result.problems.map(({ path, fix }) => `  berth:${formatPath(path)} ${fix}`);
    throw new Error(`${file.name} has problems:\n${lines.join("\n")}`);
  }
  if (result.value.environment !== "dev") throw new Error(`${file.name} must have berth:environment dev`);
  return result.value;
}

/** Whose names dev's images have. */
export const devScope = ({ namePrefix }: DevSettings): Scope => ({ prefix: namePrefix, environment: "dev" });

/**
 * Connects to dev's engine, as its stack does.
 * @param registries whose logins the engine is given where it pulls.
 */
export function connectEngine({ engine }: DevSettings, registries: Registry[] = []): Promise<Engine> {
  return connect({
    ...engineAddress(engine, process.env),
    skipCheck: false,
    credentials: new RegistryCredentials(registries.map(({ address, login }) => ({ address, ...login }))),
  });
}
