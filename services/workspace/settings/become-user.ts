import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Log } from "../log";
import type { Options, Paths } from "../paths";

/**
 * A start as root: folders of the volume and of the run are the user's afterwards, and so is this process. Only those folders themselves
 * change owner, never what is in them: a start must not take minutes on a full volume, and what belongs to others in it was made so.
 * @throws Error where the platform lets it neither be root nor become the user.
 */
export function becomeUser(paths: Paths, { userId }: Options, log: Log): void {
  if (process.getuid?.() !== 0) return;
  for (const folder of [paths.volume, paths.home, paths.projects, paths.kept, paths.run])
    own(folder, userId, log);
  const shared = path.dirname(paths.stoppedMarker);
  if (fs.existsSync(shared)) own(shared, userId, log);
  runAsRoot(paths.asRoot, log);
  try {
    process.setgroups?.([userId]);
    process.setgid?.(userId);
    process.setuid?.(userId);
  } catch (error) {
    throw new Error(
      `workspace: started as root and cannot become the user ${userId} (${(error as NodeJS.ErrnoException).code}): ` +
        "add the capabilities SETUID and SETGID, or start it as that user",
      { cause: error },
    );
  }
  log.info("start", `started as root, goes on as the user ${userId}`);
}

function own(folder: string, userId: number, log: Log): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
  const { uid } = ownFolder(folder);
  if (uid === userId) return;
  try {
    fs.lchownSync(folder, userId, userId);
  } catch (error) {
    // Azure Files knows no owners, and lets everybody write: what matters is found out by writing.
    log.warn("start", `${folder} stays with user ${uid} (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** Who has the volume could put a link there, to have root give away what it points to. */
function ownFolder(folder: string): fs.Stats {
  const stats = fs.lstatSync(folder);
  if (!stats.isDirectory()) throw new Error(`workspace: ${folder} is no folder: move what is there away`);
  return stats;
}

function runAsRoot(folder: string, log: Log): void {
  if (!fs.existsSync(folder)) return;
  for (const name of fs.readdirSync(folder).sort()) {
    try {
      execFileSync(path.join(folder, name), {
        env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
        stdio: "inherit",
      });
      log.info("start", `${name} was run as root`);
    } catch (error) {
      log.error("start", `${name}, run as root, failed: ${(error as Error).message}`);
    }
  }
}

/** @throws Error naming the folder that this user cannot write, with what to do, before anything else is touched. */
export function requireWritable(paths: Paths): void {
  for (const folder of [paths.volume, paths.home, paths.projects, paths.kept, paths.run]) {
    try {
      fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
      fs.accessSync(folder, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
    } catch (error) {
      throw new Error(
        `workspace: the user ${process.getuid?.()} cannot write ${folder} (${(error as NodeJS.ErrnoException).code}): ` +
          "give the folder to that user, or start the container as root, which does so",
        { cause: error },
      );
    }
  }
}
