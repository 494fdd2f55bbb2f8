import type Docker from "dockerode";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { aptInstall, aptObstacle } from "../toolchain-parts/apt";
import { run } from "../toolchain-parts/command";
import { findOnPath } from "../toolchain-parts/files";
import { archiveOf, followProgress, hasImage, importImage } from "./images";
import { BASE_IMAGE, DEBIAN_RELEASE, UPSTREAM_IMAGE } from "./names";

/** A registry that does not even begin to answer in this time is taken as closed. */
const PULL_START_TIMEOUT_MS = 10_000;
const PULL_TIMEOUT_MS = 5 * 60_000;
const BOOTSTRAP_TIMEOUT_MS = 10 * 60_000;
const DEBIAN_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
/** What Debian's own image on Docker Hub has, so that both ways give the same. */
const CHANGES = ["ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 'CMD ["bash"]'];

/** Rejects after a time, and destroys what was waited for. */
async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

async function pullAndBuild(docker: Docker, name: string): Promise<void> {
  // dockerode names the pulled stream loosely; it is what followProgress takes.
  const pulled = await within(PULL_START_TIMEOUT_MS, "the registry's answer", docker.pull(UPSTREAM_IMAGE));
  await within(PULL_TIMEOUT_MS, `pulling ${UPSTREAM_IMAGE}`, followProgress(docker, pulled));
  const dockerfile = [
    `FROM ${UPSTREAM_IMAGE}`,
    "RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*",
  ].join("\n");
  const build = await docker.buildImage(archiveOf("Dockerfile", Buffer.from(dockerfile)), { t: name });
  await followProgress(docker, build);
}

async function ensureBootstrapTools(): Promise<void> {
  if (findOnPath("mmdebstrap", process.env) !== undefined && fs.existsSync(DEBIAN_KEYRING)) return;
  const obstacle = aptObstacle();
  if (obstacle !== undefined) {
    throw new Error(
      `${BASE_IMAGE} can neither be pulled nor made here (mmdebstrap is missing and ${obstacle}): ` +
        `load an image of that name, or install mmdebstrap and debian-archive-keyring`,
    );
  }
  await aptInstall(["mmdebstrap", "debian-archive-keyring"]);
}

/** Debian's own archive, or the mirror that BERTH_DEBIAN_MIRROR names for networks where that one cannot be reached. */
async function bootstrap(docker: Docker, name: string): Promise<void> {
  const mirror = process.env.BERTH_DEBIAN_MIRROR;
  await ensureBootstrapTools();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "berth-base-"));
  const archive = path.join(folder, "base.tar");
  try {
    await run(
      "mmdebstrap",
      [
        "--variant=minbase",
        "--include=ca-certificates",
        `--keyring=${DEBIAN_KEYRING}`,
        DEBIAN_RELEASE,
        archive,
        ...(mirror ? [mirror] : []),
      ],
      { timeoutMs: BOOTSTRAP_TIMEOUT_MS },
    );
    await importImage(docker, archive, name, CHANGES);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes the base image present and says which way. Throws if there is none. */
export async function ensureBaseImage(docker: Docker, name = BASE_IMAGE): Promise<string> {
  if (await hasImage(docker, name)) return "already there";
  try {
    await pullAndBuild(docker, name);
    return `built from ${UPSTREAM_IMAGE}`;
  } catch (error) {
    process.stderr.write(`  not from ${UPSTREAM_IMAGE}: ${(error as Error).message}\n`);
  }
  process.stderr.write("  making it from Debian packages\n");
  await bootstrap(docker, name);
  return "made from Debian packages";
}
