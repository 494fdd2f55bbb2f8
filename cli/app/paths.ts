/** Paths of the laptop, whatever system it has, as the container has them. */
import * as path from "node:path";

/**
 * The way from one absolute folder to another, with `/`: what a laptop with Windows calls `apps\shop` is `apps/shop` in every container.
 * "" where they are the same.
 * @param system the laptop's rules for paths; its own where absent.
 */
export function containerPath(from: string, to: string, system: path.PlatformPath = path): string {
  return system.relative(from, to).split(system.sep).join("/");
}

/** Whether a folder is another or lies in it; both absolute and without symbolic links. Another drive of Windows is outside. */
export function isInside(folder: string, root: string, system: path.PlatformPath = path): boolean {
  const way = system.relative(root, folder);
  return way === "" || (way !== ".." && !way.startsWith(`..${system.sep}`) && !system.isAbsolute(way));
}

/** The folder that a build context (`.`, `..`, `../..`) means, from the app's folder. */
export function contextOf(appFolder: string, context: string, system: path.PlatformPath = path): string {
  return system.resolve(appFolder, context);
}
