import * as fs from "node:fs";
import * as path from "node:path";

/** A provider plugin that an installed npm package needs. */
export interface RequiredPackage {
  name: string;
  /** With a leading "v", as the engine wants it. */
  version: string;
  /** Where to download it from, where the package names a server of its own. */
  server?: string;
  parameterization?: { name: string; version: string; value: string };
}

interface Manifest {
  name?: string;
  version?: string;
  pulumi?: {
    resource?: boolean;
    name?: string;
    version?: string;
    server?: string;
    parameterization?: { name: string; version: string; value: string };
  };
}

function requiredBy(manifest: Manifest, file: string): RequiredPackage | undefined {
  const { pulumi } = manifest;
  if (pulumi?.resource !== true) return undefined;
  const scoped = manifest.name?.startsWith("@pulumi/") ? manifest.name.slice("@pulumi/".length) : undefined;
  const name = pulumi.name || scoped;
  if (!name) throw new Error(`${file}: the section "pulumi" of a provider's package must have a "name"`);
  const version = pulumi.version || manifest.version;
  if (!version) throw new Error(`${file}: a provider's package must have a "version"`);
  return {
    name,
    version: version.startsWith("v") ? version : `v${version}`,
    server: pulumi.server,
    parameterization: pulumi.parameterization,
  };
}

/** Package folders of one `node_modules`, scoped ones included. */
function packageFolders(nodeModules: string): string[] {
  return fs.readdirSync(nodeModules).flatMap((entry) => {
    if (entry.startsWith(".")) return [];
    const folder = path.join(nodeModules, entry);
    if (!entry.startsWith("@")) return [folder];
    return fs.readdirSync(folder).map((name) => path.join(folder, name));
  });
}

function* installedManifests(nodeModules: string, visited: Set<string>): Generator<string> {
  if (!fs.existsSync(nodeModules)) return;
  const real = fs.realpathSync(nodeModules);
  if (visited.has(real)) return;
  visited.add(real);
  for (const folder of packageFolders(nodeModules)) {
    const manifest = path.join(folder, "package.json");
    if (fs.existsSync(manifest)) yield manifest;
    yield* installedManifests(path.join(folder, "node_modules"), visited);
  }
}

/**
 * The provider plugins that the packages installed for a program need: those of every `node_modules` between the program's
 * folder and the project's root, which is where Node finds them. A package's manifest that cannot be read is an error.
 */
export function requiredPackages(programDirectory: string, rootDirectory: string): RequiredPackage[] {
  const found = new Map<string, RequiredPackage>();
  const visited = new Set<string>();
  const root = path.resolve(rootDirectory);
  let folder = path.resolve(programDirectory);
  for (;;) {
    for (const file of installedManifests(path.join(folder, "node_modules"), visited)) {
      const required = requiredBy(JSON.parse(fs.readFileSync(file, "utf8")) as Manifest, file);
      if (required) found.set(`${required.name}@${required.version}`, required);
    }
    if (folder === root || folder === path.dirname(folder)) break;
    folder = path.dirname(folder);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}
