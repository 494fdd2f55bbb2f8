import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";

/**
 * Version of a package manager on PATH. It is read from the manifest beside the program, since every preview and update asks for it
 * and to run `npm --version` takes a tenth of a second; only one that lies elsewhere (a shim, a compiled program) is run.
 * @throws Error where there is none on PATH, or it fails.
 */
export async function packageManagerVersion(name: string, environment = process.env): Promise<string> {
  const program = (environment.PATH ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => fs.existsSync(file));
  const written = program && versionInManifest(fs.realpathSync(program), name);
  if (written) return written;
  const { stdout } = await promisify(execFile)(name, ["--version"], { env: environment });
  return stdout.trim();
}

/** Of the nearest package.json above the file, where it is this package's. */
function versionInManifest(file: string, name: string): string | undefined {
  for (let folder = path.dirname(file); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const manifest = path.join(folder, "package.json");
    if (!fs.existsSync(manifest)) continue;
    const found = JSON.parse(fs.readFileSync(manifest, "utf8")) as { name?: string; version?: string };
    return found.name === name ? found.version : undefined;
  }
  return undefined;
}
