/** The connection to one Docker engine that all resources of a provider share. */
import Dockerode from "dockerode";
import { connectionError } from "./errors";
import { parseHost, type Endpoint } from "./host";
import { readTlsMaterial, type TlsSettings } from "./tls-material";
import type { RegistryCredentials } from "./registry-auth";

/** The newest Engine API that these resources were written for: a newer engine is asked to speak this one. */
const NEWEST_API = "1.45";
const PING_TIMEOUT_MS = 15_000;

export interface EngineSettings extends TlsSettings {
  /** `unix://`, `tcp://`, `http(s)://` or `npipe://` address. */
  host: string;
  /** Go on where no engine answers (provider setting disableDockerDaemonCheck): whoever needs one fails then. */
  skipCheck: boolean;
  credentials: RegistryCredentials;
}

export interface Engine {
  docker: Dockerode;
  /** As configured: for messages. */
  host: string;
  /** Where it listens. */
  endpoint: Endpoint;
  /** The API version spoken, e.g. "1.41". */
  apiVersion: string;
  credentials: RegistryCredentials;
}

/**
 * Connects and asks the engine once, so that a wrong host fails here and not in the middle of a deployment.
 * @throws Error that names the host, what failed and how to fix it.
 */
export async function connect(settings: EngineSettings): Promise<Engine> {
  const tls = await readTlsMaterial(settings);
  const endpoint = parseHost(settings.host, tls !== undefined);
  const options: Dockerode.DockerOptions =
    endpoint.kind === "socket"
      ? { socketPath: endpoint.path }
      : {
          host: endpoint.host,
          port: endpoint.port,
          protocol: endpoint.tls ? "https" : "http",
          ...(endpoint.tls && tls),
        };
  const found = await askVersion(options, settings);
  const apiVersion = apiAtLeast(found, NEWEST_API) ? NEWEST_API : found;
  return {
    docker: new Dockerode({ ...options, version: `v${apiVersion}` }),
    host: settings.host,
    endpoint,
    apiVersion,
    credentials: settings.credentials,
  };
}

async function askVersion(
  options: Dockerode.DockerOptions,
  { host, skipCheck }: EngineSettings,
): Promise<string> {
  try {
    const answer = await new Dockerode({ ...options, timeout: PING_TIMEOUT_MS }).version();
    return answer.ApiVersion;
  } catch (error) {
    if (skipCheck) return NEWEST_API;
    throw connectionError(host, error);
  }
}

/** Whether version "1.45" is at or above "1.41". */
export function apiAtLeast(version: string, minimum: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = minimum.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** @throws Error naming the property, the API version it needs and the one the engine has. */
export function requireApi(engine: Engine, minimum: string, property: string): void {
  if (apiAtLeast(engine.apiVersion, minimum)) return;
  throw new Error(
    `"${property}" needs Engine API ${minimum}, but the engine at ${engine.host} speaks ${engine.apiVersion}. ` +
      `Remove the property or upgrade that engine.`,
  );
}
