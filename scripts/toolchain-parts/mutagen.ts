import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot, toolchainRoot } from "../lib/paths";
import { run } from "./command";
import { isExecutable, placeAtomically } from "./files";
import { findGo } from "./go";
import type { Part } from "./way";

/** What tools/mutagen/go.mod asks for. */
export const MUTAGEN_VERSION = "0.18.1";
const BUILD_TIMEOUT_MS = 15 * 60_000;
const PACKAGE = "github.com/mutagen-io/mutagen/cmd";
/** What Mutagen looks for beside its own program: the agents that it copies to where it synchronises with, one for each platform. */
const AGENTS_FILE = "mutagen-agents.tar.gz";
/** Containers of ours run Linux, on the architecture of their host. */
const AGENT_PLATFORMS = [
  { system: "linux", architecture: "amd64" },
  { system: "linux", architecture: "arm64" },
];

/** Makes Mutagen and its agents present in a folder, from the Go module proxy. Throws where they cannot be built. */
export async function ensureMutagen(folder: string): Promise<Part> {
  const what = `Mutagen ${MUTAGEN_VERSION}`;
  const program = path.join(folder, "mutagen");
  const agents = path.join(folder, AGENTS_FILE);
  if (isExecutable(program) && fs.existsSync(agents) && (await versionOf(program)) === MUTAGEN_VERSION) {
    return { what, way: "already installed" };
  }
  fs.mkdirSync(folder, { recursive: true });
  await placeAtomically(agents, packAgents);
  await placeAtomically(program, (file) => build("mutagen", "mutagencli", file, {}));
  if ((await versionOf(program)) !== MUTAGEN_VERSION)
    throw new Error(`the Mutagen that was built from tools/mutagen is not ${MUTAGEN_VERSION}`);
  return { what, way: "built from the Go module proxy" };
}

async function versionOf(program: string): Promise<string> {
  return (await run(program, ["version"], { timeoutMs: 20_000 })).trim();
}

async function packAgents(archive: string): Promise<void> {
  const folder = fs.mkdtempSync(path.join(toolchainRoot, "agents-"));
  try {
    const names: string[] = [];
    for (const { system, architecture } of AGENT_PLATFORMS) {
      const name = `${system}_${architecture}`;
      const target = { GOOS: system, GOARCH: architecture };
      await build("mutagen-agent", "mutagenagent", path.join(folder, name), target);
      names.push(name);
    }
    await run("tar", ["--create", "--gzip", "--file", archive, "--directory", folder, ...names], {
      timeoutMs: BUILD_TIMEOUT_MS,
    });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function build(
  command: string,
  tag: string,
  file: string,
  target: Record<string, string>,
): Promise<void> {
  const go = await findGo(toolchainRoot);
  const flags = ["-tags", tag, "-trimpath", "-ldflags", "-s -w", "-o", file];
  await run(go.command, ["build", ...flags, `${PACKAGE}/${command}`], {
    folder: path.join(projectRoot, "tools", "mutagen"),
    environment: {
      ...process.env,
      ...go.environment,
      ...target,
      CGO_ENABLED: "0",
      GOFLAGS: "-mod=readonly -modcacherw -buildvcs=false",
      GOTOOLCHAIN: "local",
      GOWORK: "off",
    },
    timeoutMs: BUILD_TIMEOUT_MS,
  });
}
