/** Which logins a build and a push use: those of the program first, then those that `docker login` left. */
import type { Properties } from "../../kit/types";
import type { Engine } from "../engine/client";
import { loginFromConfig, readDockerConfig } from "../engine/docker-config";
import { parseImageName } from "../engine/image-name";
import { registryHost, type RegistryLogin } from "../engine/registry-auth";
import * as read from "../support/values";

function registryOf(inputs: Properties): string {
  const server = read.filledText(read.object(inputs, "registry") ?? {}, "server");
  return server ? registryHost(server) : parseImageName(read.requiredText(inputs, "imageName")).registry;
}

/** For the registry that the image goes to. */
export async function pushLogin(inputs: Properties): Promise<RegistryLogin | undefined> {
  const registry = read.object(inputs, "registry") ?? {};
  const [username, password] = [read.filledText(registry, "username"), read.filledText(registry, "password")];
  if (username && password) return { username, password };
  return loginFromConfig(await readDockerConfig(), registryOf(inputs));
}

/** For base images and caches: all registries that the provider, docker's configuration or the image name. */
export async function loginsOf(
  engine: Engine,
  inputs: Properties,
  own: RegistryLogin | undefined,
): Promise<Record<string, RegistryLogin>> {
  const config = await readDockerConfig();
  const hosts = [...Object.keys(config.auths ?? {}), ...Object.keys(config.credHelpers ?? {})].map(
    registryHost,
  );
  const known = await Promise.all(
    [...new Set(hosts)].map(async (host) => [host, await loginFromConfig(config, host)] as const),
  );
  const fromConfig = Object.fromEntries(
    known.filter((entry): entry is [string, RegistryLogin] => Boolean(entry[1])),
  );
  return { ...fromConfig, ...engine.credentials.all(), ...(own && { [registryOf(inputs)]: own }) };
}
