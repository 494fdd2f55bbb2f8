import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Route } from "./routes";

/**
 * Makes the folder hold exactly one empty file `<host>@<target>` for each route; images/proxy/caddy.json looks them up by name.
 * Files instead of Caddy's admin API, because Caddy 2.6 closes every WebSocket of every app when its configuration changes.
 * New files come before old ones go, so a host whose container changed is never without a route.
 * @returns the names of the files that were added and removed.
 * @throws the file system's error when the folder cannot be written.
 */
export async function applyRoutes(
  folder: string,
  routes: Route[],
): Promise<{ added: string[]; removed: string[] }> {
  await mkdir(folder, { recursive: true });
  const wanted = new Set(routes.map(({ host, target }) => `${host}@${target}`));
  const present = new Set(await readdir(folder));
  const added = [...wanted].filter((name) => !present.has(name)).sort();
  const removed = [...present].filter((name) => !wanted.has(name)).sort();
  for (const name of added) await writeFile(join(folder, name), "");
  for (const name of removed) await rm(join(folder, name), { recursive: true, force: true });
  return { added, removed };
}
