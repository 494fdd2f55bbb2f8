import * as path from "node:path";
import type { ContainerFacts } from "./container-facts";
import type { Environment } from "./environment";
import { judge, later, refused, UNKNOWN, type Finding, type Known, type Rule } from "./finding";
import { PATH_VOLUME, type MountFacts } from "./mount-facts";

/**
 * Whoever reaches the engine's socket is root on the host. Two roles need it, each on one network only: proxy-routes sees containers
 * come and go and is on none, the gateway is the developers' way in and stands where no app is.
 */
const SOCKET_ROLES: Record<string, RegExp> = { "proxy-routes": /^none$/, gateway: /-identity$/ };

/** Folders of the host that give it away, or that the engine itself works in. */
const PROTECTED = [
  "/boot",
  "/dev",
  "/etc",
  "/proc",
  "/run",
  "/sys",
  "/var/lib/containerd",
  "/var/lib/docker",
  "/var/run",
];

/** Whole homes, and where tools keep credentials in them. */
const PERSONAL = /^\/(root|home|home\/[^/]+)\/$|\/\.(aws|azure|berth|docker|gnupg|kube|pulumi|ssh)\//;

function looksLikeSocket(source: string): boolean {
  return /\.sock(et)?$/.test(path.posix.normalize(source));
}

/** An engine's socket by where it comes from, or by where Docker's tools look for it in the container. */
function isSocket({ kind, source, target }: MountFacts): boolean {
  if (kind !== "bind") return false;
  const isUsualPlace =
    target !== UNKNOWN && /^\/(var\/)?run\/docker\.sock$/.test(path.posix.normalize(target));
  return isUsualPlace || (source !== UNKNOWN && looksLikeSocket(source));
}

function isSocketRole(role: ContainerFacts["role"], networkMode: ContainerFacts["networkMode"]): boolean {
  const fits = (pattern: RegExp): boolean =>
    networkMode === UNKNOWN || (networkMode !== undefined && pattern.test(networkMode));
  if (role === UNKNOWN) return Object.values(SOCKET_ROLES).some(fits);
  const pattern = role === undefined ? undefined : SOCKET_ROLES[role];
  return pattern !== undefined && fits(pattern);
}

export const dockerSocket: Rule<ContainerFacts> = {
  name: "docker-socket",
  description:
    "No container reaches the engine's socket, except proxy-routes, which has no network, and the gateway, whose network has no app.",
  check({ mounts, role, networkMode, networks }): Finding[] {
    return mounts.filter(isSocket).flatMap(({ property, source }) => {
      const uncertain = [
        ...(role === UNKNOWN ? ["labels"] : []),
        ...(networkMode === UNKNOWN ? ["networkMode"] : []),
        ...(source === UNKNOWN ? [`${property}.source`] : []),
      ];
      const mayBe =
        isSocketRole(role, networkMode) &&
        networks.length === 0 &&
        (source === UNKNOWN || looksLikeSocket(source));
      if (mayBe) return uncertain.map(later);
      return [
        refused(
          `${property} gives it the engine's socket, and with it the host: remove the mount (only proxy-routes has it, with networkMode none, and gateway on the identity network)`,
        ),
      ];
    });
  },
};

export const hostPaths: Rule<ContainerFacts> = {
  name: "host-paths",
  description:
    "Paths of the host are mounted in dev only, for live source, read-only, and never the system's own folders.",
  check: ({ mounts }, environment) =>
    mounts.filter((mount) => !isSocket(mount)).flatMap((mount) => findingsOf(mount, environment)),
};

function findingsOf({ property, kind, source, readOnly }: MountFacts, environment: Environment): Finding[] {
  if (kind === UNKNOWN) return [later(`${property}.type`)];
  if (kind === "volume" || kind === "tmpfs") return [];
  if (kind === "from")
    return [refused(`${property} takes over another container's mounts: name the volumes instead`)];
  if (kind === PATH_VOLUME) {
    return [refused(`${property} is a volume that binds a path of the host: remove its driverOptions`)];
  }
  if (kind !== "bind")
    return [refused(`${property} has the type "${kind}": use volume, tmpfs or, in dev, bind`)];
  if (environment !== "dev") {
    return [refused(`${property} mounts a path of the host, which is for dev only: use a named volume`)];
  }
  return [
    ...judge(`${property}.readOnly`, readOnly, (given) =>
      given ? [] : [`${property} mounts a path of the host for writing: set readOnly`],
    ),
    ...judge(`${property}.source`, source, (known) => protectedPathProblems(property, known)),
  ];
}

/** A symbolic link on the host cannot be seen from here; the mount is read-only at least. */
function protectedPathProblems(property: string, source: string): string[] {
  if (!path.posix.isAbsolute(source)) return [`${property} needs an absolute path of the host as its source`];
  const folder = path.posix.normalize(`${source}/`);
  const hit = PROTECTED.find((own) => folder.startsWith(`${own}/`) || `${own}/`.startsWith(folder));
  if (hit === undefined && !PERSONAL.test(folder)) return [];
  const where = hit ?? "somebody's home or credentials";
  return [`${property} mounts ${source}, which holds or lies in ${where}: mount a folder of an app's source`];
}

/** What the rules ask about a named volume. */
export interface VolumeFacts {
  /** Path of the host that its driver binds; undefined for an ordinary volume. */
  hostPath: Known<string> | undefined;
}

export const volumeHostPath: Rule<VolumeFacts> = {
  name: hostPaths.name,
  description: hostPaths.description,
  check({ hostPath }): Finding[] {
    if (hostPath === undefined) return [];
    return judge("driverOpts", hostPath, (device) => [
      `its driver options bind ${device} of the host: remove driverOpts, so that the engine keeps the volume's data`,
    ]);
  },
};
