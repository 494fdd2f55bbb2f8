import { z } from "zod";
import { engineAddress, type EngineAddress } from "../../config/engine-address";
import { connect, type Engine } from "../../plugins/docker/engine/client";
import { RegistryCredentials } from "../../plugins/docker/engine/registry-auth";
import type { Environment } from "../../policy/rules";
import { ConfigFile } from "./config-file";

/** Only what is needed to reach the engine; the program judges the whole config in its own words. */
const engineSchema = z.looseObject({
  host: z.string().optional(),
  certPath: z.string().optional(),
  socketPath: z.string().default("/var/run/docker.sock"),
});

/** What the environment's config says of its engine; undefined where it names none, or nothing that can be read. */
function configuredEngine(environment: Environment): z.output<typeof engineSchema> | undefined {
  return engineSchema.safeParse(ConfigFile.read(environment).values().engine ?? {}).data;
}

/** Whether the config names the engine, so that it is nobody's to start here. */
export function namesEngine(environment: Environment): boolean {
  return configuredEngine(environment)?.host !== undefined;
}

/** Where an environment's engine is: as its config says, else as the docker command finds it. */
export function engineAddressOf(environment: Environment): EngineAddress {
  return engineAddress(configuredEngine(environment) ?? engineSchema.parse({}), process.env);
}

/**
 * Connects to an environment's engine.
 * @throws Error that names the host, what failed and how to fix it.
 */
export function connectStackEngine(environment: Environment): Promise<Engine> {
  return connect({
    ...engineAddressOf(environment),
    skipCheck: false,
    credentials: new RegistryCredentials([]),
  });
}
