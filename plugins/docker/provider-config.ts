/** Settings of the docker provider: from its inputs and the environment to a connected engine. */
import { homedir } from "node:os";
import { join } from "node:path";
import type { Properties, PropertySpec } from "../kit/types";
import { connect, type Engine } from "./engine/client";
import { contextHost } from "./engine/context";
import { RegistryCredentials } from "./engine/registry-auth";
import { readRegistryEntries } from "./engine/registry-entries";
import * as spec from "./support/spec";
import * as read from "./support/values";

/** Official package schema, `config.variables`. No change of them replaces the provider, as there. */
export const providerConfig: Record<string, PropertySpec> = {
  host: spec.text(),
  context: spec.text(),
  sshOpts: spec.texts(),
  caMaterial: spec.text(),
  certMaterial: spec.text(),
  keyMaterial: spec.text(),
  certPath: spec.text(),
  disableDockerDaemonCheck: spec.flag(),
  registryAuth: spec.objectSet({
    address: spec.text({ required: true }),
    authDisabled: spec.flag(),
    configFile: spec.text(),
    configFileContent: spec.text(),
    password: spec.text({ secret: true }),
    username: spec.text(),
  }),
};

const DEFAULT_HOST =
  process.platform === "win32" ? "npipe:////./pipe/docker_engine" : "unix:///var/run/docker.sock";

/** @throws Error that names the host, what failed and how to fix it. */
export async function configure(config: Properties, environment = process.env): Promise<Engine> {
  const context = read.filledText(config, "context") ?? environment.DOCKER_CONTEXT;
  const host = context
    ? await contextHost(context)
    : (read.filledText(config, "host") ?? (environment.DOCKER_HOST || DEFAULT_HOST));
  const setting = (key: string, variable: string): string | undefined =>
    read.filledText(config, key) ?? (environment[variable] || undefined);
  const material = {
    caMaterial: setting("caMaterial", "DOCKER_CA_MATERIAL"),
    certMaterial: setting("certMaterial", "DOCKER_CERT_MATERIAL"),
    keyMaterial: setting("keyMaterial", "DOCKER_KEY_MATERIAL"),
  };
  const inline = Object.values(material).some(Boolean);
  return connect({
    host,
    skipCheck: read.flag(config, "disableDockerDaemonCheck") ?? false,
    ...material,
    certPath: host.startsWith("unix:") ? undefined : certificateFolder(config, environment, inline),
    credentials: new RegistryCredentials(await readRegistryEntries(read.objects(config, "registryAuth"))),
  });
}

/** As the docker command: DOCKER_TLS_VERIFY without a folder means the one in the home folder. */
function certificateFolder(
  config: Properties,
  environment: NodeJS.ProcessEnv,
  inline: boolean,
): string | undefined {
  const explicit = read.filledText(config, "certPath");
  // Certificates in the program win over a folder that merely is in the environment.
  if (explicit || inline) return explicit;
  if (environment.DOCKER_CERT_PATH) return environment.DOCKER_CERT_PATH;
  return environment.DOCKER_TLS_VERIFY ? join(homedir(), ".docker") : undefined;
}
