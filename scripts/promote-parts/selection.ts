import type { Environment } from "../../policy/rules";
import { devImageName, sharedName, type Scope } from "../../spec/names";
import type { ConfigFile, ConfiguredApp, ImageUser } from "../lib/config-file";

const SERVICE_ROLES = ["postgres", "redis"];
const PROXY_ROLES = ["proxy", "proxy-routes"];

/** Roles of the services whose images an environment's config names: its own, and the host's where the host is its own. */
export function serviceRoles(target: ConfigFile): string[] {
  const { host } = target.values() as { host?: { stack?: string } };
  return host?.stack === undefined ? [...SERVICE_ROLES, ...PROXY_ROLES] : SERVICE_ROLES;
}

/** @throws Error listing the apps where there is none of that name. */
export function selectApps(choice: string | undefined, apps: ConfiguredApp[]): ConfiguredApp[] {
  const chosen = apps.filter(({ manifest }) => choice === "all" || choice === manifest.name);
  if (chosen.length > 0) return chosen;
  throw new Error(unknown(choice, [...apps.map(({ manifest }) => manifest.name), "all"]));
}

/**
 * What `APP=` means: one app or service by name, all `services`, or `all`. An app goes before a service of the same name.
 * @throws Error listing what there is.
 */
export function selectImageUsers(
  choice: string | undefined,
  apps: ConfiguredApp[],
  roles: string[],
): ImageUser[] {
  const ofApps = apps.map(({ manifest, path }): ImageUser => ({ kind: "app", name: manifest.name, path }));
  const ofServices = roles.map((name): ImageUser => ({ kind: "service", name }));
  if (choice === "all") return [...ofServices, ...ofApps];
  if (choice === "services") return ofServices;
  const chosen = [...ofApps, ...ofServices].find(({ name }) => name === choice);
  if (chosen) return [chosen];
  throw new Error(
    unknown(choice, [...[...ofApps, ...ofServices].map(({ name }) => name), "services", "all"]),
  );
}

/** Of `all` for pro only the apps that tst runs: one that is still on its way there is no mistake. */
export function appsInTst(users: ImageUser[], tst: ConfigFile): ImageUser[] {
  return users.filter((user) => user.kind === "service" || tst.images(user).image !== undefined);
}

function unknown(choice: string | undefined, known: string[]): string {
  const what = choice === undefined ? "APP= is missing" : `there is no app or service '${choice}' here`;
  return `${what}: choose one of ${known.join(", ")}`;
}

/** Where a promotion can lead. @throws Error for anything else. */
export function builtEnvironment(
  variable: "TO" | "ENV",
  value: string | undefined,
): Exclude<Environment, "dev"> {
  if (value === "tst" || value === "pro") return value;
  const given =
    value === undefined ? `${variable}= is missing` : `${variable}=${value} takes no promoted images`;
  throw new Error(`${given}: use ${variable}=tst or ${variable}=pro`);
}

/** The local image that `make build` (`berth build` of a developer), or dev's `up` for a service, leaves on the engine. */
export function localImage(scope: Scope, user: ImageUser, tag: string, owner?: string): string {
  return user.kind === "app"
    ? devImageName(scope, { app: user.name, developerId: owner }, tag)
    : `${sharedName(scope, user.name)}:latest`;
}

/** Path of a user's image in the registry: the same in every environment. */
export function repositoryOf(scope: Scope, user: ImageUser): string {
  if (user.kind === "service") return `${scope.prefix}-${user.name}`;
  return localImage(scope, user, "latest").replace(/:.*$/, "");
}
