/** Which user name and password go to which registry. */
import { DOCKER_HUB, isDockerHub } from "./image-name";

export interface RegistryLogin {
  username: string;
  password: string;
}

/** One registry of the provider's `registryAuth`. */
export interface RegistryEntry extends Partial<RegistryLogin> {
  /** `registry.example.com`, or with `http://` for one that speaks plain HTTP. */
  address: string;
}

/** What the Engine API wants in its X-Registry-Auth header. */
export interface EngineAuth {
  username?: string;
  password?: string;
  serveraddress?: string;
}

/** Registry host without scheme and path; all names of Docker Hub are one. */
export function registryHost(address: string): string {
  const host = address.replace(/^https?:\/\//, "").split("/", 1)[0] ?? "";
  return isDockerHub(host) ? DOCKER_HUB : host;
}

/**
 * Base URL of a registry. Its address may say which scheme; otherwise HTTPS, and plain HTTP on this machine itself, where
 * the engine allows it too.
 */
export function registryUrl(address: string): string {
  const host = registryHost(address);
  if (host === DOCKER_HUB) return "https://registry-1.docker.io";
  const scheme = /^(https?):\/\//.exec(address)?.[1] ?? (isLoopback(host) ? "http" : "https");
  return `${scheme}://${host}`;
}

const isLoopback = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);

export class RegistryCredentials {
  private readonly entries: ReadonlyMap<string, RegistryEntry>;

  constructor(entries: RegistryEntry[] = []) {
    this.entries = new Map(entries.map((entry) => [registryHost(entry.address), entry]));
  }

  login(registry: string): RegistryLogin | undefined {
    const entry = this.entries.get(registryHost(registry));
    return entry?.username ? { username: entry.username, password: entry.password ?? "" } : undefined;
  }

  engineAuth(registry: string): EngineAuth | undefined {
    const login = this.login(registry);
    return login && { ...login, serveraddress: registryHost(registry) };
  }

  /** Base URL of the registry, see {@link registryUrl}. */
  baseUrl(registry: string): string {
    return registryUrl(this.entries.get(registryHost(registry))?.address ?? registryHost(registry));
  }

  /** All logins by registry host: for builds, whose base images may come from any of them. */
  all(): Record<string, RegistryLogin> {
    const logins = [...this.entries.keys()].map((host) => [host, this.login(host)] as const);
    return Object.fromEntries(
      logins.filter((entry): entry is [string, RegistryLogin] => entry[1] !== undefined),
    );
  }
}
