/** The provider's `registryAuth` list, with logins looked up in docker's own configuration where it gives none. */
import type { Properties } from "../../kit/types";
import * as read from "../support/values";
import { loginFromConfig, readDockerConfig } from "./docker-config";
import type { RegistryEntry, RegistryLogin } from "./registry-auth";

export function readRegistryEntries(entries: Properties[]): Promise<RegistryEntry[]> {
  return Promise.all(
    entries.map(async (entry) => {
      const address = read.requiredText(entry, "address");
      return { address, ...(await login(entry, address)) };
    }),
  );
}

async function login(entry: Properties, address: string): Promise<RegistryLogin | undefined> {
  // The official plugin sends any pair to a registry without logins (its issue 470); none at all works as well.
  if (read.flag(entry, "authDisabled")) return undefined;
  const username = read.filledText(entry, "username") ?? process.env.DOCKER_REGISTRY_USER;
  if (username) {
    return { username, password: read.text(entry, "password") ?? process.env.DOCKER_REGISTRY_PASS ?? "" };
  }
  const content = read.filledText(entry, "configFileContent");
  const config = await readDockerConfig(
    content ? { content } : { path: read.filledText(entry, "configFile") },
  );
  return loginFromConfig(config, address);
}
