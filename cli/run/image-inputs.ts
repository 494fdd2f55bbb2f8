import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { LocalApp } from "../app/find-app";

/** Files from which an app's dependencies are installed: what a dev image is made for. Source itself is synchronised. */
const PACKAGE_FILES = [
  ...["package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"],
  ...["pnpm-lock.yaml", "pnpm-workspace.yaml", "yarn.lock", ".yarnrc.yml", "bun.lock", "bun.lockb"],
  ...["pyproject.toml", "setup.py", "setup.cfg", "poetry.lock", "uv.lock", "Pipfile", "Pipfile.lock"],
];
const REQUIREMENTS = /^requirements.*\.(txt|in)$/;

/** The app's Dockerfile, absolute; undefined where it has none and runs on the runtime image itself. */
export function dockerfileOf({ folder, manifest }: LocalApp): string | undefined {
  const file = path.join(folder, manifest.build.dockerfile);
  return fs.existsSync(file) ? file : undefined;
}

/**
 * One word for all that the dev image of an app is made from, but for its source: Dockerfile, `.dockerignore` and the files that
 * name its packages, in the build context's folder and in the app's own.
 * @param dockerfile absolute.
 * @param more what else decides, such as the id of the image that it stands on.
 */
export function imageInputs(app: LocalApp, dockerfile: string, more: readonly string[]): string {
  const folders = [...new Set([app.contextFolder, app.folder])];
  const files = [
    dockerfile,
    `${dockerfile}.dockerignore`,
    path.join(app.contextFolder, ".dockerignore"),
    ...folders.flatMap(packageFilesIn),
  ];
  const hash = createHash("sha256").update(JSON.stringify(more));
  for (const file of [...new Set(files)].sort()) {
    if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) continue;
    hash.update(`\0${path.relative(app.contextFolder, file)}\0`).update(fs.readFileSync(file));
  }
  return hash.digest("hex");
}

function packageFilesIn(folder: string): string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => PACKAGE_FILES.includes(name) || REQUIREMENTS.test(name))
    .map((name) => path.join(folder, name));
}
