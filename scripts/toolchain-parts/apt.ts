import { run } from "./command";
import { findOnPath } from "./files";

const UPDATE_TIMEOUT_MS = 3 * 60_000;
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** Why Debian packages cannot be installed by this process; undefined if they can. */
export function aptObstacle(): string | undefined {
  if (findOnPath("apt-get", process.env) === undefined) return "there is no apt-get on this host";
  if (process.getuid?.() !== 0) return "installing packages needs root";
  return undefined;
}

/** Installs Debian packages, those of `ifKnown` only where this release has them. Throws with apt's last lines. */
export async function aptInstall(packages: string[], ifKnown: string[] = []): Promise<void> {
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "--quiet"], { environment, timeoutMs: UPDATE_TIMEOUT_MS });
  const known = await run("apt-cache", ["pkgnames"], { environment });
  const names = new Set(known.split("\n"));
  const chosen = [...packages, ...ifKnown.filter((name) => names.has(name))];
  await run("apt-get", ["install", "--yes", "--no-install-recommends", ...chosen], {
    environment,
    timeoutMs: INSTALL_TIMEOUT_MS,
  });
}
