import { z } from "zod";
import type { OnceWork } from "../once/once";
import { runProgram } from "../once/run-program";
import { Kept } from "../settings/kept";
import type { Workspace } from "../workspace";
import { hasEditor } from "./config";

const PATIENCE_MS = 3 * 60_000;

/** Installs the spec's extensions from the editor's source, each once: one that the user removes afterwards stays away. */
export async function installExtensions(workspace: Workspace, once: OnceWork): Promise<void> {
  if (!hasEditor(workspace)) return;
  const kept = new Kept(workspace, "extensions", z.array(z.string()), []);
  const wanted = workspace.spec.tools.extensions.filter((name) => !kept.value.includes(name));
  if (wanted.length > 0) await once.run("extensions", () => install(workspace, kept, wanted));
}

/** @throws Error that names all that could not be had; they are tried again at the next start. */
async function install(workspace: Workspace, kept: Kept<string[]>, wanted: string[]): Promise<void> {
  const { paths, environment, log } = workspace;
  const missing: string[] = [];
  let reason = "";
  for (const extension of wanted) {
    const command = [paths.editor, "--config", paths.editorConfig, "--install-extension", extension];
    try {
      await runProgram({ command, environment, folder: paths.home, onLine: () => undefined }, PATIENCE_MS);
      kept.value.push(extension);
      kept.save();
      log.info("extensions", `${extension} is installed`);
    } catch (error) {
      missing.push(extension);
      reason = (error as Error).message;
    }
  }
  if (missing.length > 0)
    throw new Error(
      `${missing.join(", ")} not installed (${reason}): does the source answer? Tried again at the next start`,
    );
}
