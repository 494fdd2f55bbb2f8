import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot, toolchainRoot } from "../lib/paths";
import { run } from "./command";
import { tryDownload } from "./downloads";
import { findOnPath, isExecutable, placeAtomically } from "./files";
import { findGo } from "./go";
import { ENGINE_VERSION, isAccepted } from "./versions";
import type { AllowedWays, Part } from "./way";

const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;
const BUILD_TIMEOUT_MS = 25 * 60_000;
const PROGRESS_INTERVAL_MS = 30_000;
const LANGUAGE_HOST = "pulumi-language-nodejs";
const ENGINE_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** Whether this is a Pulumi that runs, at an accepted version. */
async function isAcceptedEngine(file: string): Promise<boolean> {
  if (!isExecutable(file)) return false;
  const environment = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  try {
    return isAccepted(await run(file, ["version"], { environment, timeoutMs: 20_000 }), ENGINE_VERSION);
  } catch (error) {
    process.stderr.write(`  not used: ${(error as Error).message}\n`);
    return false;
  }
}

/** Copies the engine that this machine has on PATH, and the official language host from beside it. */
async function copyFromPath(binFolder: string): Promise<boolean> {
  const found = findOnPath("pulumi", process.env, [binFolder]);
  if (found === undefined) return false;
  const real = fs.realpathSync(found);
  const engine = path.join(binFolder, ".pulumi-from-path");
  try {
    fs.copyFileSync(real, engine);
    // A copy shows what the place it was found at cannot: that it needs nothing around it (it may be a wrapper script).
    if (!(await isAcceptedEngine(engine))) return false;
    const host = path.join(path.dirname(real), LANGUAGE_HOST);
    if (isExecutable(host))
      await placeAtomically(path.join(binFolder, LANGUAGE_HOST), (to) => fs.copyFileSync(host, to));
    fs.renameSync(engine, path.join(binFolder, "pulumi"));
    return true;
  } finally {
    fs.rmSync(engine, { force: true });
  }
}

/** The Automation API's own installation, in a process of its own because it knows no time limit. */
async function downloadEngine(binFolder: string): Promise<void> {
  const folder = path.join(binFolder, ".download");
  // It installs the version of the npm package @pulumi/pulumi, which is the engine's.
  const script =
    "require('@pulumi/pulumi/automation').PulumiCommand.install({ root: process.argv[1] })" +
    ".catch((error) => { console.error(error.message); process.exit(1); });";
  try {
    await run(process.execPath, ["-e", script, folder], {
      folder: projectRoot,
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
    });
    const downloaded = path.join(folder, "bin");
    await placeAtomically(path.join(binFolder, LANGUAGE_HOST), (to) =>
      fs.copyFileSync(path.join(downloaded, LANGUAGE_HOST), to),
    );
    fs.renameSync(path.join(downloaded, "pulumi"), path.join(binFolder, "pulumi"));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Tells every half minute how far the compiler is: it prints one line a package, and lines that begin "go:" about downloads. */
function compilerProgress(): { count: (chunk: string) => void; stop: () => void } {
  let packages = 0;
  const startedMs = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - startedMs) / 1000);
    process.stderr.write(`  … ${packages} packages compiled after ${seconds} s\n`);
  }, PROGRESS_INTERVAL_MS);
  return {
    count: (chunk) =>
      (packages += chunk.split("\n").filter((line) => line !== "" && !line.startsWith("go:")).length),
    stop: () => clearInterval(timer),
  };
}

async function buildEngine(binFolder: string): Promise<void> {
  const go = await findGo(toolchainRoot);
  const progress = compilerProgress();
  try {
    await placeAtomically(path.join(binFolder, "pulumi"), async (file) => {
      const link = `-s -w -X ${VERSION_VARIABLE}=v${ENGINE_VERSION}`;
      await run(go.command, ["build", "-v", "-trimpath", "-ldflags", link, "-o", file, ENGINE_PACKAGE], {
        folder: path.join(projectRoot, "tools"),
        environment: {
          ...process.env,
          ...go.environment,
          CGO_ENABLED: "0",
          GOFLAGS: "-mod=readonly -modcacherw -buildvcs=false",
          GOTOOLCHAIN: "local",
          GOWORK: "off",
        },
        timeoutMs: BUILD_TIMEOUT_MS,
        onStderr: progress.count,
      });
      if (!(await isAcceptedEngine(file)))
        throw new Error(`the engine built from tools/go.mod is not v${ENGINE_VERSION}`);
    });
    if (go.cacheFolder !== undefined) fs.rmSync(go.cacheFolder, { recursive: true, force: true });
  } finally {
    progress.stop();
  }
}

/** Makes the engine present in `<pulumi home>/bin`. Throws if no allowed way leads there. */
export async function ensureEngine(pulumiHome: string, ways: AllowedWays): Promise<Part> {
  const binFolder = path.join(pulumiHome, "bin");
  const what = `engine ${ENGINE_VERSION}`;
  fs.mkdirSync(binFolder, { recursive: true });
  if (await isAcceptedEngine(path.join(binFolder, "pulumi"))) return { what, way: "already installed" };
  if (ways.local && (await copyFromPath(binFolder))) return { what, way: "copied from PATH" };
  if (ways.download) {
    const failure = await tryDownload(() => downloadEngine(binFolder));
    if (failure === undefined) return { what, way: "downloaded" };
    if (!ways.registries) throw new Error(`${what} cannot be downloaded: ${failure}`);
  }
  process.stderr.write("  building it from the Go module proxy: some minutes, this once\n");
  await buildEngine(binFolder);
  return { what, way: "built from the Go module proxy" };
}
