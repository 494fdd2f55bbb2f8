import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { digest } from "../home/seed";
import { Kept } from "../settings/kept";
import type { Workspace } from "../workspace";
import { clone } from "./clone";
import type { OnceWork } from "./once";
import { runProgram } from "./run-program";

/** Tried in this order, unless the spec names one. */
const INSTALLERS = ["install.sh", "bootstrap.sh", "setup.sh"];
const FOLDER = ".dotfiles";
const PATIENCE_MS = 30 * 60_000;
/** Parts of the repository that are no settings. */
const NOT_LINKED = [".git", ".github", ".gitignore", ".gitattributes", ".gitmodules", ".editorconfig"];

const done = z.object({ url: z.string().optional(), doneAt: z.string().optional() });
type Done = Kept<z.output<typeof done>>;

/** Clones the dotfiles into ~/.dotfiles and runs their install script, or without one links each of them into the home; once for an address. */
export async function prepareDotfiles(workspace: Workspace, once: OnceWork): Promise<void> {
  const { dotfiles } = workspace.spec;
  if (dotfiles === undefined) return;
  const kept: Done = new Kept(workspace, "dotfiles", done, {});
  if (kept.value.url !== dotfiles.url) await once.run("dotfiles", () => obtain(workspace, kept, dotfiles));
}

/** @throws Error of the clone, tried again at the next start, or of the script, which is not. */
async function obtain(
  workspace: Workspace,
  kept: Done,
  { url, install }: { url: string; install?: string },
): Promise<void> {
  const folder = path.join(workspace.paths.home, FOLDER);
  if (fs.existsSync(folder)) {
    if (kept.value.url !== undefined)
      throw new Error(
        `~/${FOLDER} is of ${kept.value.url}: move it away, and start the workspace again for ${url}`,
      );
    workspace.log.warn("dotfiles", `~/${FOLDER} was there before and is left as it is`);
  } else {
    await clone(workspace, { url }, folder);
  }
  kept.value = { url, doneAt: new Date().toISOString() };
  kept.save();
  await apply(workspace, folder, install);
}

async function apply(
  { paths, environment, log, ...rest }: Workspace,
  folder: string,
  install?: string,
): Promise<void> {
  const script = install ?? INSTALLERS.find((name) => fs.existsSync(path.join(folder, name)));
  if (script === undefined) return link({ paths, environment, log, ...rest }, folder);
  if (!fs.existsSync(path.join(folder, script)))
    throw new Error(
      `has no '${script}': correct 'dotfiles.install', and run the script by hand in ~/${FOLDER}`,
    );
  try {
    await runProgram(
      {
        command: ["bash", path.join(folder, script)],
        environment,
        folder,
        onLine: (line) => log.info("dotfiles", line),
      },
      PATIENCE_MS,
    );
  } catch (error) {
    throw new Error(
      `${script} failed (${(error as Error).message}): run it by hand in ~/${FOLDER}; it is not run again by itself`,
      { cause: error },
    );
  }
  log.info("dotfiles", `${script} was run`);
}

/** A file of the image that the user never changed gives way; the user's own does not. */
function link({ paths, log }: Workspace, folder: string): void {
  const names = fs.readdirSync(folder).filter((name) => name.startsWith(".") && !NOT_LINKED.includes(name));
  for (const name of names) {
    const place = path.join(paths.home, name);
    const there = digest(place);
    if (there !== undefined && (there === "folder" || there !== digest(path.join(paths.skeleton, name)))) {
      log.warn("dotfiles", `~/${name} is there and stays`);
      continue;
    }
    fs.rmSync(place, { force: true });
    fs.symlinkSync(path.join(FOLDER, name), place);
  }
  log.info("dotfiles", `${names.length} linked into the home`);
}
