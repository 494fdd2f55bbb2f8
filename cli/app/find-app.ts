import * as fs from "node:fs";
import * as path from "node:path";
import { nearest } from "../../plugins/kit/suggest";
import { parseManifest, type AppManifest } from "../../spec/app-manifest";
import { EXIT, Failure } from "../failure";
import type { Settings } from "../settings";
import { manifestFiles, nameIn, MANIFEST } from "./manifest-files";
import { containerPath, contextOf, isInside } from "./paths";
import { foldersUpFrom } from "./workspace";

/** An app on this laptop. */
export interface LocalApp {
  name: string;
  /** Absolute, without symbolic links. */
  folder: string;
  /** Its berth.yaml, absolute. */
  manifestFile: string;
  manifest: AppManifest;
  /** Absolute: what is built from and synchronised. */
  contextFolder: string;
  /** The app's folder from the context's, with `/`; "" where they are the same. */
  appSubPath: string;
}

/**
 * Finds an app by its name: where the current folder is in it, otherwise under the workspace root.
 * @param currentFolder for tests.
 * @throws Failure that lists what there is, or both of two; Error with file:line:column where its berth.yaml is wrong.
 */
export function findApp(
  { workspaceRoot }: Pick<Settings, "workspaceRoot">,
  name: string,
  currentFolder = process.cwd(),
): LocalApp {
  const root = fs.realpathSync(workspaceRoot.value);
  const around = foldersUpFrom(fs.realpathSync(currentFolder))
    .map((folder) => path.join(folder, MANIFEST))
    .find((file) => nameIn(file) === name);
  return readLocalApp(around ?? searched(root, name), root, currentFolder);
}

/** Names of all apps under the workspace root, sorted, each once. */
export function appNames({ workspaceRoot }: Pick<Settings, "workspaceRoot">): string[] {
  const names = manifestFiles(workspaceRoot.value).map(nameIn);
  return [...new Set(names)].filter((name) => name !== undefined).sort();
}

function searched(root: string, name: string): string {
  const files = manifestFiles(root);
  const [file, ...others] = files.filter((one) => nameIn(one) === name);
  if (file === undefined) throw notThere(root, name, files);
  if (others.length > 0) {
    throw new Failure(
      `there are several apps '${name}': ${[file, ...others].join(" and ")}. Work in the folder of the one you mean, or rename the other`,
      EXIT.usage,
    );
  }
  return file;
}

function notThere(root: string, name: string, files: string[]): Failure {
  const known = files.flatMap((file) => nameIn(file) ?? []).sort();
  const meant = nearest(name, known);
  const broken = files.filter((file) => nameIn(file) === undefined);
  const unreadable = broken.length > 0 ? ` (without a readable name: ${broken.join(", ")})` : "";
  const advice =
    known.length > 0
      ? `${meant === undefined ? "" : `did you mean '${meant}'? `}There ${known.length > 1 ? "are" : "is"} ${known.join(", ")}${unreadable}`
      : `there is no ${MANIFEST}${unreadable}: give the app's folder one, or name another workspace with --workspace, BERTH_WORKSPACE or workspaceRoot`;
  return new Failure(`no app '${name}' under ${root}: ${advice}`, EXIT.usage);
}

function readLocalApp(file: string, root: string, currentFolder: string): LocalApp {
  const shown = path.relative(currentFolder, file);
  const manifest = parseManifest(fs.readFileSync(file, "utf8"), shown.startsWith("..") ? file : shown);
  const folder = fs.realpathSync(path.dirname(file));
  const contextFolder = contextOf(folder, manifest.build.context);
  if (!isInside(contextFolder, root)) {
    throw new Failure(
      `app '${manifest.name}': its build.context '${manifest.build.context}' is ${contextFolder}, outside the workspace ${root}: nothing there is sent. Correct ${file}, or name a larger workspace with --workspace, BERTH_WORKSPACE or workspaceRoot`,
      EXIT.usage,
    );
  }
  const appSubPath = containerPath(contextFolder, folder);
  return { name: manifest.name, folder, manifestFile: file, manifest, contextFolder, appSubPath };
}
