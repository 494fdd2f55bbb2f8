import { isContainerName, isDnsLabel } from "./host-name";

/** What the service must know, all of it from its container's environment. */
export interface ProxyRoutesConfig {
  /** BERTH_STACK: the stack that owns the proxy, such as "berth-dev"; containers whose label berth.proxy names it are served. */
  stack: string;
  /** BERTH_PROXY_CONTAINER: name of the proxy's container, which joins the networks of the other stacks that it serves. */
  proxyContainer: string;
  /** BERTH_DOMAIN: the end of every host name, such as "localhost" or "apps.example.org". */
  domain: string;
  /** BERTH_ROUTES_FOLDER: where the proxy looks routes up; default /run/berth-proxy/routes. */
  routesFolder: string;
  /** BERTH_READY_FILE: touched after every successful comparison, read by berth-health; default /tmp/berth-proxy-routes-ready. */
  readyFile: string;
  /** BERTH_RESYNC_SECONDS: how often everything is compared though no event came; default 15. */
  resyncSeconds: number;
}

/**
 * Reads the configuration.
 * @throws Error naming every variable that is missing or wrong.
 */
export function readConfig(env: Record<string, string | undefined>): ProxyRoutesConfig {
  const problems: string[] = [];
  const stack = env.BERTH_STACK ?? "";
  if (!isDnsLabel(stack)) {
    problems.push(
      'BERTH_STACK is missing or no stack\'s name: set it to the stack that owns the proxy, such as "berth-dev"',
    );
  }
  const proxyContainer = env.BERTH_PROXY_CONTAINER ?? "";
  if (!isContainerName(proxyContainer)) {
    problems.push(
      "BERTH_PROXY_CONTAINER is missing or no container's name: set it to the name of the proxy's container",
    );
  }
  const domain = env.BERTH_DOMAIN ?? "";
  if (domain === "" || !domain.split(".").every(isDnsLabel)) {
    problems.push('BERTH_DOMAIN is missing or no lower-case domain name: set it to one such as "localhost"');
  }
  const resyncSeconds = Number(env.BERTH_RESYNC_SECONDS ?? "15");
  if (!Number.isInteger(resyncSeconds) || resyncSeconds < 1 || resyncSeconds > 30) {
    // berth-health calls the service dead after 60 s of silence.
    problems.push("BERTH_RESYNC_SECONDS must be a whole number from 1 to 30");
  }
  if (problems.length > 0) throw new Error(`proxy-routes cannot start: ${problems.join("; ")}`);
  return {
    stack,
    proxyContainer,
    domain,
    routesFolder: env.BERTH_ROUTES_FOLDER ?? "/run/berth-proxy/routes",
    readyFile: env.BERTH_READY_FILE ?? "/tmp/berth-proxy-routes-ready",
    resyncSeconds,
  };
}
