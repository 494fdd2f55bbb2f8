import type { Problem } from "./problems";
import type { BerthConfig, BuiltConfig } from "./schema";
import { overlap, parseSubnet } from "../spec/subnet";

/** Settings that the owner of the host's proxy and CA decides, and nobody else. */
const HOST_SETTINGS = ["proxy", "certificates"];
const SERVICE_ROLES = ["postgres", "redis"] as const;
const PROXY_ROLES = ["proxy", "proxy-routes"] as const;

/**
 * What is wrong between settings that are right each by itself.
 * @param raw the config as it was given: a setting without effect is told apart from its default only there.
 */
export function crossProblems(config: BerthConfig, raw: Record<string, unknown>): Problem[] {
  return [
    ...hostProblems(config, raw),
    ...registryProblems(config),
    ...portProblems(config),
    ...identityProblems(config),
  ];
}

function hostProblems(config: BerthConfig, raw: Record<string, unknown>): Problem[] {
  if (config.environment === "dev") return [];
  const { host, serviceImages, environment } = config;
  const needed = host.stack === undefined ? [...SERVICE_ROLES, ...PROXY_ROLES] : SERVICE_ROLES;
  const missing = needed.filter((role) => serviceImages[role] === undefined);
  return [
    ...missing.map((role) => ({
      path: ["serviceImages", role],
      fix: `is missing: run 'make promote APP=${role} TO=${environment}'`,
    })),
    ...(host.stack === undefined ? [] : ineffectiveSettings(host.stack, serviceImages, raw)),
  ];
}

function ineffectiveSettings(
  owner: string,
  serviceImages: BuiltConfig["serviceImages"],
  raw: Record<string, unknown>,
): Problem[] {
  const fix = `has no effect, since stack ${owner} owns the host's proxy and CA: remove it, or remove host.stack`;
  const images = PROXY_ROLES.filter((role) => serviceImages[role] !== undefined);
  return [
    ...HOST_SETTINGS.filter((key) => !isEmpty(raw[key])).map((key) => ({ path: [key], fix })),
    ...images.map((role) => ({ path: ["serviceImages", role], fix })),
  ];
}

function isEmpty(value: unknown): boolean {
  return typeof value !== "object" || value === null || Object.keys(value).length === 0;
}

function registryProblems({ registry, registryPassword, environment }: BerthConfig): Problem[] {
  const username = registry.external?.username;
  if (username !== undefined && registryPassword === "") {
    const command = `pulumi config set --secret berth:registryPassword --stack ${environment}`;
    return [
      {
        path: ["registryPassword"],
        fix: `is missing for the account in registry.external: run '${command}'`,
      },
    ];
  }
  if (username === undefined && registryPassword !== "") {
    return [
      {
        path: ["registryPassword"],
        fix: "belongs to an account: give registry.external.username, or remove it",
      },
    ];
  }
  return [];
}

interface Listener {
  path: string[];
  port: number;
  /** How another setting's message names it. */
  name: string;
}

/** No two services of a stack listen on one port. The first one keeps it. */
function portProblems(config: BerthConfig): Problem[] {
  const listeners = listenersOf(config);
  return listeners.flatMap(({ path, port }, index) => {
    const other = listeners.slice(0, index).find((earlier) => earlier.port === port);
    return other ? [{ path, fix: `is ${other.name} too: choose another` }] : [];
  });
}

function listenersOf(config: BerthConfig): Listener[] {
  if (config.environment !== "dev") return [];
  const { proxy, registry, identity, gateway } = config;
  const ownRegistry = registry.enabled && !registry.external;
  return [
    { path: ["proxy", "httpPort"], port: proxy.httpPort, name: "the proxy's httpPort" },
    ...(ownRegistry
      ? [{ path: ["registry", "port"], port: registry.port, name: "the registry's port" }]
      : []),
    ...(identity.enabled
      ? [
          {
            path: ["identity", "onboarding", "port"],
            port: identity.onboarding.port,
            name: "the onboarding service's port",
          },
          { path: ["gateway", "port"], port: gateway.port, name: "the gateway's port" },
        ]
      : []),
  ];
}

/** The apps' network and the identity services' one are two. */
function identityProblems(config: BerthConfig): Problem[] {
  if (config.environment !== "dev" || !config.identity.enabled) return [];
  const [own, apps] = [config.identity.subnet, config.network.subnet].map(parseSubnet);
  if (!own || !apps || !overlap(own, apps)) return [];
  const fix = `overlaps network.subnet ${config.network.subnet}: choose another, since no app may be on it`;
  return [{ path: ["identity", "subnet"], fix }];
}
