import { environments, type Environment } from "../policy/rules";

/** Docker allows far more, but a container's name is also its DNS name on the network: 63 characters (RFC 1035, 2.3.4). */
const LONGEST_NAME = 63;
const NAME_PART = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** The owner of what belongs to the environment and to no developer. */
export const SHARED_OWNER = "shared";

/** No developer ids: `berth-dev-proxy-routes` is the container of a shared service, and not the app "routes" of a developer "proxy". */
export const RESERVED_OWNERS: readonly string[] = [
  SHARED_OWNER,
  ...[
    "gateway",
    "identity",
    "network",
    "onboarding",
    "postgres",
    "proxy",
    "redis",
    "registry",
    "runtime",
    "sync",
    "workspace",
  ],
  // `shop.tst.<domain>` is the environment's own shop.
  ...environments,
];

/** Whose things are named: an installation's prefix and one of its environments. */
export interface Scope {
  /** Start of every physical name; "berth" unless several installations share one engine. */
  prefix: string;
  environment: Environment;
}

/** One app as one developer (or the environment, without a developer id) runs it. */
export interface Instance {
  app: string;
  developerId?: string;
}

function join(parts: string[]): string {
  for (const part of parts) {
    if (!NAME_PART.test(part)) {
      throw new Error(`'${part}' cannot be part of a name: use lower-case letters, digits and inner hyphens`);
    }
  }
  const name = parts.join("-");
  if (name.length > LONGEST_NAME) {
    throw new Error(
      `the name '${name}' has ${name.length} characters, more than ${LONGEST_NAME}: shorten the prefix or the app's name`,
    );
  }
  return name;
}

/** Physical name of a shared thing: `<prefix>-<env>-<role>`. Throws where it would be no valid name. */
export function sharedName(scope: Scope, role: string): string {
  return join([scope.prefix, scope.environment, role]);
}

/** Physical name of an app instance: `<prefix>-<env>-<developer id>-<app>`. Throws where it would be no valid name. */
export function instanceName(scope: Scope, instance: Instance): string {
  return join([scope.prefix, scope.environment, ownerOf(instance), instance.app]);
}

/** The app's name of what holds and synchronises a developer's sources: `<prefix>-dev-<developer id>-sync`. */
export const SYNC_NAME = "sync";

/** Volume of an app's synchronised source: `<prefix>-dev-<developer id>-<app>-source`. */
export function sourceVolume(scope: Scope, { app, developerId }: Instance): string {
  return instanceName(scope, { app: `${app}-source`, developerId });
}

/** Volume of a workspace's home, projects and host keys: `<prefix>-dev-<owner>-<name>-workspace`. */
export function workspaceVolume(scope: Scope, { app, developerId }: Instance): string {
  return instanceName(scope, { app: `${app}-workspace`, developerId });
}

/** The developer id, or "shared". */
export function ownerOf(instance: Instance): string {
  return instance.developerId ?? SHARED_OWNER;
}

/** Key of an app instance in outputs, and its logical name in Pulumi: `<owner>/<app>` and `<owner>-<app>`. */
export function instanceKey(instance: Instance): string {
  return `${ownerOf(instance)}/${instance.app}`;
}

/** Host name under which the proxy serves an app instance: `<app>.<developer id>.<domain>`, or `<app>.<env>.<domain>` without one. */
export function hostName({ environment }: Scope, instance: Instance, domain: string): string {
  return `${instance.app}.${instance.developerId ?? environment}.${domain}`;
}

/** Name of an installation's stack for one environment, as the label berth.stack has it. */
export function stackName({ prefix, environment }: Scope): string {
  return `${prefix}-${environment}`;
}

/** Tag of an app's image as a developer builds it: `<app>:dev-<developer id>-<tag>`, under the prefix where it is not the usual one. */
export function devImageName(scope: Scope, instance: Instance, tag = "latest"): string {
  const repository = scope.prefix === "berth" ? instance.app : join([scope.prefix, instance.app]);
  return `${repository}:dev-${ownerOf(instance)}-${tag}`;
}

/**
 * Postgres role and database of an app instance: a hyphen becomes an underscore, two become distinct from one, so that two
 * instances never share a role.
 */
export function databaseName(instance: Instance): string {
  const escape = (part: string): string => part.replaceAll("-", "__");
  const name = `${escape(instance.app)}_${escape(ownerOf(instance))}`;
  return /^[0-9]/.test(name) ? `app_${name}` : name;
}

/** How the database names of all apps of one developer end; the letter before it is no `_`, or it would be another's. */
export function endOfDatabases(developerId: string | undefined): string {
  return `_${ownerOf({ app: "", developerId })}`;
}

/** Redis user of an app instance, and the prefix of the only keys it may touch. */
export function redisNames(instance: Instance): { user: string; keyPrefix: string } {
  return { user: `${instance.app}.${ownerOf(instance)}`, keyPrefix: `${instance.app}:${ownerOf(instance)}:` };
}

/** What a label set says about a thing. */
export interface LabelFacts {
  role: string;
  instance?: Instance;
  /** For the proxy: the container port of an app, and the stack whose proxy serves it. */
  route?: { port: number; proxyStack: string };
}

/** The labels of everything that we create, sorted by name so that their order never shows as a change. */
export function labels(scope: Scope, facts: LabelFacts): { label: string; value: string }[] {
  const all: Record<string, string> = {
    "berth.env": scope.environment,
    "berth.owner": facts.instance ? ownerOf(facts.instance) : SHARED_OWNER,
    "berth.role": facts.role,
    "berth.stack": stackName(scope),
    ...(facts.instance && { "berth.app": facts.instance.app }),
    ...(facts.route && { "berth.port": String(facts.route.port), "berth.proxy": facts.route.proxyStack }),
  };
  return Object.entries(all)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => ({ label, value }));
}
