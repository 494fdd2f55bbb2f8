import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot, toolchainRoot } from "../../scripts/lib/paths";
import { run } from "../../scripts/toolchain-parts/command";
import { isExecutable, placeAtomically } from "../../scripts/toolchain-parts/files";
import { ensureMutagen, MUTAGEN_VERSION } from "../../scripts/toolchain-parts/mutagen";
import { causeOf, Failure } from "../failure";
import { privateFolder } from "../files";
import { filesIn } from "./archive";
import { programName, releaseFor, type Release } from "./releases";

/** Mutagen looks for it beside its own program. */
export const AGENTS = "mutagen-agents.tar.gz";

const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;
/** Says that a network is closed before anybody waits for a download from it. */
const PROBE_TIMEOUT_MS = 5_000;

/** Where Mutagen is, and how it came there. */
export interface InstalledMutagen {
  program: string;
  way: "already there" | "downloaded" | "built from the Go module proxy";
}

/** The program in a berth home, whether it is there or not. */
export function mutagenProgram(home: string): string {
  return path.join(home, "bin", programName(process.platform));
}

/** Where it looks for its agents. */
export function agentsFile(home: string): string {
  return path.join(path.dirname(mutagenProgram(home)), AGENTS);
}

/** Whether Mutagen of our version is in this home. Never starts anything but `mutagen version`. */
export async function hasMutagen(home: string): Promise<boolean> {
  const program = mutagenProgram(home);
  if (!isExecutable(program) || !fs.existsSync(agentsFile(home))) return false;
  const version = await run(program, ["version"], { timeoutMs: 20_000 }).catch(() => "");
  return version.trim() === MUTAGEN_VERSION;
}

/**
 * Makes Mutagen present in `~/.berth/bin`: the official download, checked by its digest, or built from the Go module proxy.
 * @param note told what takes its time.
 * @throws Failure with both obstacles and what to do.
 */
export async function installMutagen(home: string, note: (text: string) => void): Promise<InstalledMutagen> {
  const program = mutagenProgram(home);
  if (await hasMutagen(home)) return { program, way: "already there" };
  privateFolder(path.dirname(program));
  const release = releaseFor(process.platform, process.arch);
  const what = `Mutagen ${MUTAGEN_VERSION}`;
  let obstacle = `there is no download of ${what} for ${process.platform} on ${process.arch}`;
  if (release) {
    try {
      note(`getting ${what} from ${new URL(release.url).host}`);
      await download(release, path.dirname(program));
      return { program, way: "downloaded" };
    } catch (error) {
      obstacle = causeOf(error);
    }
  }
  note(`${obstacle}: building ${what} from the Go module proxy`);
  try {
    await build(path.dirname(program));
  } catch (error) {
    throw new Failure(
      `${what} cannot be installed, and nothing is synchronised without it. Download: ${obstacle}. Build: ${causeOf(error)}. ` +
        `Put the program and its ${AGENTS} into ${path.dirname(program)} yourself, or run \`berth dev init\` again where one of both can be had`,
      undefined,
      { cause: error },
    );
  }
  return { program, way: "built from the Go module proxy" };
}

/** Downloads a release and puts its two files in a folder. @throws Error where it does not come, or is not what was published. */
export async function download(release: Release, folder: string): Promise<void> {
  const archive = await fetched(release.url);
  const digest = createHash("sha256").update(archive).digest("hex");
  if (digest !== release.sha256) {
    throw new Error(
      `${release.url} is not the file that is known (SHA-256 ${digest}, expected ${release.sha256}): not used`,
    );
  }
  const program = programName(process.platform);
  const files = await filesIn(archive, (name) => name === program || name === AGENTS);
  // The agents first: the program is what says that both are there.
  for (const name of [AGENTS, program]) {
    const content = files.get(name);
    if (!content) throw new Error(`${release.url} holds no ${name}`);
    await place(path.join(folder, name), (file) => fs.writeFileSync(file, content));
  }
}

async function fetched(url: string): Promise<Buffer> {
  try {
    await fetch(new URL(url).origin, { method: "HEAD", signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    const answer = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  } catch (error) {
    const { cause } = error as Error;
    throw new Error(`${url} cannot be had (${causeOf(cause ?? error)})`, { cause: error });
  }
}

/** As tools/mutagen says, once for all homes of this machine. */
async function build(folder: string): Promise<void> {
  if (!fs.existsSync(path.join(projectRoot, "tools", "mutagen", "go.mod"))) {
    throw new Error("this berth command does not lie in a checkout of Berth, whose tools/mutagen says how");
  }
  const built = path.join(toolchainRoot, "mutagen");
  await ensureMutagen(built);
  for (const name of [AGENTS, programName(process.platform)]) {
    await place(path.join(folder, name), (file) => fs.copyFileSync(path.join(built, name), file));
  }
}

/** Each for its owner alone; several commands may do this at once. */
function place(file: string, write: (temporary: string) => void): Promise<void> {
  return placeAtomically(file, (temporary) => {
    write(temporary);
    fs.chmodSync(temporary, path.basename(file) === AGENTS ? 0o600 : 0o700);
  });
}
