/** Taking image references apart: `registry.example.com:5000/team/app:tag@sha256:…`. */

export interface ImageName {
  /** Registry host with port, or `docker.io`. */
  registry: string;
  /** Path in that registry; official Docker Hub images get their `library/`. */
  repository: string;
  /** `latest` where the reference has neither tag nor digest. */
  tag?: string;
  digest?: string;
  /** Whether the reference itself names the registry. */
  qualified: boolean;
}

export const DOCKER_HUB = "docker.io";
const HUB_NAMES = new Set([DOCKER_HUB, "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"]);

export const isDockerHub = (registry: string): boolean => HUB_NAMES.has(registry);

export function parseImageName(reference: string): ImageName {
  const [beforeDigest = "", digest] = reference.split("@", 2);
  const slash = beforeDigest.indexOf("/");
  const first = slash < 0 ? "" : beforeDigest.slice(0, slash);
  // A first part is a registry when it could not be a path: it has a dot, a port, or is localhost.
  const qualified = first === "localhost" || /[.:]/.test(first);
  const registry = qualified ? first : DOCKER_HUB;
  const rest = qualified ? beforeDigest.slice(slash + 1) : beforeDigest;
  const colon = rest.lastIndexOf(":");
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const repository = isDockerHub(registry) && !path.includes("/") ? `library/${path}` : path;
  return { registry, repository, tag: tag ?? (digest ? undefined : "latest"), digest, qualified };
}

/** The reference without tag and digest, as written. */
export function nameWithoutTag(reference: string): string {
  const beforeDigest = reference.split("@", 1)[0] ?? "";
  const colon = beforeDigest.lastIndexOf(":");
  return colon > beforeDigest.lastIndexOf("/") ? beforeDigest.slice(0, colon) : beforeDigest;
}
