import * as fs from "node:fs";
import * as path from "node:path";

/** One npm package that a program uses. */
export interface Dependency {
  name: string;
  version: string;
}

interface Lockfile {
  packages?: Record<string, { version?: string; link?: boolean }>;
}
interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

function findUpwards(folder: string, file: string): string {
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    const candidate = path.join(current, file);
    if (fs.existsSync(candidate)) return candidate;
    if (current === path.dirname(current)) {
      throw new Error(`no ${file} in ${folder} or above: run 'npm install' there`);
    }
  }
}

/** The packages in a program's package-lock.json: all of them, or those that its package.json names. */
export function programDependencies(programDirectory: string, transitive: boolean): Dependency[] {
  const lockfile = findUpwards(programDirectory, "package-lock.json");
  const { packages = {} } = JSON.parse(fs.readFileSync(lockfile, "utf8")) as Lockfile;
  const marker = "node_modules/";
  const manifest = JSON.parse(
    fs.readFileSync(path.join(path.dirname(lockfile), "package.json"), "utf8"),
  ) as Manifest;
  const direct = { ...manifest.dependencies, ...manifest.devDependencies };
  return Object.entries(packages)
    .filter(([location, { link }]) => location.includes(marker) && link !== true)
    .map(([location, { version = "" }]) => ({
      name: location.slice(location.lastIndexOf(marker) + marker.length),
      version,
      nested: location.indexOf(marker) !== location.lastIndexOf(marker),
    }))
    .filter(({ name, nested }) => transitive || (!nested && name in direct))
    .map(({ name, version }) => ({ name, version }));
}
