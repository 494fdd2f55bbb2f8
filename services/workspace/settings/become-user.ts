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
  // The volume last: without the right to pass over modes, root makes nothing in a folder that is another's.
  const folders = [
    paths.home,
    paths.projects,
    paths.kept,
    paths.volume,
    path.dirname(paths.stoppedMarker),
    paths.run,
  ];
  for (const folder of folders) own(folder, userId, log);
  runAsRoot(paths.asRoot, log);
  try {
    setUser(userId);
  } catch (error) {
    throw new Error(
      `workspace: started as root and cannot become the user ${userId} (${(error as NodeJS.ErrnoException).code}): ` +
        "add the capabilities SETUID and SETGID, or start it as that user",
      { cause: error },
    );
  }
  log.info("start", `started as root, goes on as the user ${userId}`);
}

function setUser(userId: number): void {
  process.setgroups?.([userId]);
  process.setgid?.(userId);
  process.setuid?.(userId);
}

/** A command of root's, in a container that has no right to pass over modes, reaches the socket as its owner. */
export function becomeOwner(file: string): void {
  const owner = fs.statSync(file, { throwIfNoEntry: false })?.uid;
  if (process.getuid?.() !== 0 || owner === undefined || owner === 0) return;
  try {
    setUser(owner);
  } catch (error) {
    // Without that right either: opening the socket tells.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}

function own(folder: string, userId: number, log: Log): void {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
    if (ownerOf(folder) !== userId) fs.lchownSync(folder, userId, userId);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    // It is the user's to make, or a network share that knows no owners and lets everybody write: found out by writing.
    log.warn("start", `${folder} cannot be given to the user ${userId} (${code})`);
  }
}

/** Who has the volume could put a link there, to have root give away what it points to. */
function ownerOf(folder: string): number {
  const stats = fs.lstatSync(folder);
  if (!stats.isDirectory()) throw new Error(`workspace: ${folder} is no folder: move what is there away`);
  return stats.uid;
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
