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

  /** Base URL of the registry: HTTPS, unless registryAuth gives its address with `http://`. */
  baseUrl(registry: string): string {
    const host = registryHost(registry);
    const scheme = this.entries.get(host)?.address.startsWith("http://") ? "http" : "https";
    return `${scheme}://${host === DOCKER_HUB ? "registry-1.docker.io" : host}`;
  }

  /** All logins by registry host: for builds, whose base images may come from any of them. */
  all(): Record<string, RegistryLogin> {
    const logins = [...this.entries.keys()].map((host) => [host, this.login(host)] as const);
    return Object.fromEntries(
      logins.filter((entry): entry is [string, RegistryLogin] => entry[1] !== undefined),
    );
  }
}
