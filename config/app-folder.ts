import * as fs from "node:fs";
import * as path from "node:path";
import { parseManifest, type AppManifest } from "../spec/app-manifest";
import type { BerthConfig } from "./schema";

type AppConfig = BerthConfig["apps"][number];

/** One entry of `berth:apps` with the app's own description. */
export interface LoadedApp {
  manifest: AppManifest;
  /** The app's folder as the config names it, from the project's root. */
  folder: string;
  /** The same, absolute: what the engine mounts live folders from. */
  absoluteFolder: string;
  /** The app's folder from its build context's, with `/`; "" where they are the same. */
  appSubPath: string;
  developerId: string | undefined;
  reload: boolean;
  /** Folders to mount live, none outside dev. */
  livePaths: string[];
  /** Image id or digest outside dev. */
  image: string | undefined;
}

/**
 * Reads an app's folder.
 * @throws Error naming the file and the fix where there is no berth.yaml, where it is wrong, or where a live folder is missing or
 * is reached through a symbolic link (the engine follows links as root on its host).
 */
export function readApp(projectFolder: string, app: AppConfig): LoadedApp {
  const absoluteFolder = path.resolve(projectFolder, app.path);
  const file = path.join(app.path, "berth.yaml");
  const manifest = parseManifest(readText(path.join(absoluteFolder, "berth.yaml"), file), file);
  const contextFolder = path.resolve(absoluteFolder, manifest.build.context);
  if (path.relative(projectFolder, contextFolder).startsWith("..")) {
    throw new Error(
      `${file}: build.context ${manifest.build.context} is outside the project: move the app deeper, or name a folder in it`,
    );
  }
  const live = "developerId" in app;
  const livePaths = live ? (app.mounts ?? manifest.live.paths) : [];
  for (const folder of livePaths) refuseUnsafeFolder(projectFolder, path.join(app.path, folder));
  return {
    manifest,
    folder: app.path,
    absoluteFolder,
    appSubPath: path.relative(contextFolder, absoluteFolder).split(path.sep).join("/"),
    developerId: live ? app.developerId : undefined,
    reload: live && app.reload,
    livePaths,
    image: "image" in app ? app.image : undefined,
  };
}

function readText(absolute: string, file: string): string {
  try {
    return fs.readFileSync(absolute, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(
      `${file} does not exist: give the app's folder a berth.yaml, or correct its path in berth:apps`,
      {
        cause: error,
      },
    );
  }
}

function refuseUnsafeFolder(projectFolder: string, folder: string): void {
  let current = projectFolder;
  for (const part of folder.split(path.sep)) {
    current = path.join(current, part);
    const status = fs.lstatSync(current, { throwIfNoEntry: false });
    if (status?.isSymbolicLink()) {
      throw new Error(
        `${folder} passes the symbolic link '${part}': a live folder must be reached without links; mount the folder it points to`,
      );
    }
    if (!status?.isDirectory()) {
      throw new Error(
        `${folder} is no folder: create it, or remove it from live.paths of its berth.yaml (or mounts in berth:apps)`,
      );
    }
  }
}
