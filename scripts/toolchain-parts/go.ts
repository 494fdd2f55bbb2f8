import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "./command";
import { findOnPath, isExecutable, placeAtomically, sha256 } from "./files";
import { unzip } from "./unzip";
import { isAccepted } from "./versions";

/** The oldest Go that builds the engine: what tools/go.mod asks for. */
export const GO_VERSION = "1.25.11";
/** That version as the module proxy serves it. Files there never change; go's checksum database vouches for these digests. */
const GO_ZIP_SHA256: Partial<Record<string, string>> = {
  "linux-amd64": "dbf20d78a456c1a53fc52c06f1660851cb115be9b0807caf1abc4aedf8c77c1b",
};
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;
/** Where Go is often installed without being on PATH. */
const USUAL_FOLDERS = ["/usr/local/go/bin", "/usr/lib/go/bin"];

async function isNewEnough(go: string): Promise<boolean> {
  const environment = { ...process.env, GOTOOLCHAIN: "local" };
  const found = /go(\d+\.\d+\.\d+)/.exec(await run(go, ["version"], { environment }));
  return found?.[1] !== undefined && isAccepted(found[1], GO_VERSION);
}

/** The first module proxy in GOPROXY, or the public one. */
function moduleProxy(): string {
  const first = (process.env.GOPROXY ?? "").split(/[,|]/)[0];
  return first?.startsWith("http") ? first.replace(/\/+$/, "") : "https://proxy.golang.org";
}

async function download(url: string): Promise<Buffer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
    if (!response.ok) throw new Error(`it answers ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    const cause = (error as Error).cause;
    throw new Error(
      `cannot get Go from ${url}: ${cause instanceof Error ? cause.message : (error as Error).message}. ` +
        `Install Go ${GO_VERSION} or newer, or set GOPROXY to a module proxy that can be reached from here`,
      { cause: error },
    );
  }
}

/** Puts Go's own distribution into a folder. Throws where the proxy does not answer or serves another file. */
export async function installGo(folder: string): Promise<void> {
  const platform = `${os.platform()}-${os.arch() === "x64" ? "amd64" : os.arch()}`;
  const expected = GO_ZIP_SHA256[platform];
  if (expected === undefined) {
    throw new Error(
      `building the engine needs Go ${GO_VERSION} or newer: install it (no known download for ${platform})`,
    );
  }
  const url = `${moduleProxy()}/golang.org/toolchain/@v/v0.0.1-go${GO_VERSION}.${platform}.zip`;
  process.stderr.write(`  no Go ${GO_VERSION} here: downloading it from the module proxy (64 MB)\n`);
  const zip = await download(url);
  if (sha256(zip) !== expected) {
    throw new Error(
      `${url} is not the file that is known (SHA-256 ${sha256(zip)}, expected ${expected}): not used`,
    );
  }
  await placeAtomically(folder, (temporary) => {
    unzip(zip, temporary, (name) => name.split("/").slice(2).join("/"));
    // Module archives carry no permissions; the go command sets these itself when it fetches a toolchain.
    for (const executables of ["bin", `pkg/tool`]) makeExecutable(path.join(temporary, executables));
  });
}

function makeExecutable(folder: string): void {
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) fs.chmodSync(path.join(entry.parentPath, entry.name), 0o755);
  }
}

/** A Go that can build the engine. */
export interface Go {
  command: string;
  /** Settings of a Go that is ours: its caches lie here, for nobody else on this host uses them. */
  environment: Record<string, string>;
  /** What may go once the engine is built. */
  cacheFolder?: string;
}

/**
 * The Go on PATH or in a usual place if it is new enough, with its own caches; otherwise Go's own distribution from the module
 * proxy, kept in `folder`. Throws where there is neither.
 */
export async function findGo(folder: string): Promise<Go> {
  const candidates = [findOnPath("go", process.env), ...USUAL_FOLDERS.map((usual) => path.join(usual, "go"))];
  for (const candidate of candidates) {
    if (candidate !== undefined && isExecutable(candidate) && (await isNewEnough(candidate))) {
      return { command: candidate, environment: {} };
    }
  }
  const distribution = path.join(folder, `go-${GO_VERSION}`);
  const command = path.join(distribution, "bin", "go");
  if (!isExecutable(command)) await installGo(distribution);
  const cacheFolder = path.join(folder, "go-cache");
  const environment = {
    GOPATH: path.join(cacheFolder, "path"),
    GOCACHE: path.join(cacheFolder, "build"),
    GOENV: "off",
  };
  return { command, environment, cacheFolder };
}
