import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { bundles, ensureBundle, type Bundle } from "./bundles";
import { run } from "./command";
import { tryDownload } from "./downloads";
import { isExecutable, placeAtomically } from "./files";
import { installOwn, isInstalled } from "./own-program";
import { ENGINE_VERSION, type ProviderPlugin } from "./versions";
import type { AllowedWays, Part } from "./way";

const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;
/** What starts the bundle in an installation of ours; official ones have no such file. */
const OWN_START = "berth-plugin.cjs";

function ownBundle(source: string): Bundle {
  const bundle = bundles(["plugins"]).find((candidate) => candidate.source === source);
  if (bundle === undefined) throw new Error(`${source}/main.ts is missing: this checkout is not whole`);
  return bundle;
}

/** Makes the Node language host present beside the engine, ours where the engine came without the official one. */
export async function ensureLanguageHost(pulumiHome: string): Promise<Part> {
  const what = `language host nodejs ${ENGINE_VERSION}`;
  const folder = path.join(pulumiHome, "bin");
  const executable = path.join(folder, "pulumi-language-nodejs");
  const start = path.join(folder, "berth-language-nodejs.cjs");
  if (isExecutable(executable) && !fs.existsSync(start)) return { what, way: "official, already installed" };
  const bundle = ownBundle("plugins/language-nodejs");
  await ensureBundle(bundle);
  const changed = await installOwn({ executable, start, bundle: bundle.file });
  return { what, way: changed ? "our own, installed" : "our own, already installed" };
}

/** The official plugin in the user's own Pulumi home, if this machine has it. */
function copyInUsersHome(folderName: string, executable: string): string | undefined {
  const folder = path.join(os.homedir(), ".pulumi", "plugins", folderName);
  return isExecutable(path.join(folder, executable)) && !fs.existsSync(path.join(folder, OWN_START))
    ? folder
    : undefined;
}

async function download(pulumiHome: string, { name, version }: ProviderPlugin): Promise<void> {
  await run(
    path.join(pulumiHome, "bin", "pulumi"),
    ["plugin", "install", "resource", name, `v${version}`, "--non-interactive"],
    {
      environment: { ...process.env, PULUMI_HOME: pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
    },
  );
}

/** Makes one provider plugin present. Throws if no allowed way leads there. */
export async function ensureProviderPlugin(
  pulumiHome: string,
  plugin: ProviderPlugin,
  ways: AllowedWays,
): Promise<Part> {
  const { name, version } = plugin;
  const what = `plugin ${name} ${version}`;
  const folderName = `resource-${name}-v${version}`;
  const executable = `pulumi-resource-${name}`;
  const folder = path.join(pulumiHome, "plugins", folderName);
  const start = path.join(folder, OWN_START);
  const isOurs = fs.existsSync(start);
  if (isExecutable(path.join(folder, executable)) && !isOurs)
    return { what, way: "official, already installed" };

  if (!isOurs || !ways.registries) {
    const local = ways.local ? copyInUsersHome(folderName, executable) : undefined;
    if (local !== undefined) {
      await placeAtomically(folder, (to) => fs.cpSync(local, to, { recursive: true }));
      return { what, way: "official, copied from ~/.pulumi" };
    }
    if (ways.download) {
      const failure = await tryDownload(() => download(pulumiHome, plugin));
      if (failure === undefined) return { what, way: "official, downloaded" };
      if (!ways.registries) throw new Error(`${what} cannot be downloaded: ${failure}`);
    }
  }

  const bundle = ownBundle(`plugins/${name}`);
  await ensureBundle(bundle);
  const isWhole = isInstalled({ executable: path.join(folder, executable), start, bundle: bundle.file });
  if (isWhole) return { what, way: "our own, already installed" };
  await placeAtomically(folder, async (to) => {
    fs.mkdirSync(to, { recursive: true });
    const placed = { executable: path.join(to, executable), start: path.join(to, OWN_START) };
    await installOwn({ ...placed, bundle: bundle.file });
  });
  return { what, way: isOurs ? "our own, updated" : "our own, installed" };
}
