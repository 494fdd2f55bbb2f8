import { z } from "zod";
import { runProgram } from "../once/run-program";
import { Kept } from "../settings/kept";
import type { Workspace } from "../workspace";
import { hasEditor } from "./config";

const PATIENCE_MS = 3 * 60_000;

/**
 * Installs the spec's extensions from the editor's source, each once: one that the user removes afterwards stays away.
 * @throws Error that names all that could not be had; they are tried again at the next start.
 */
export async function installExtensions(workspace: Workspace): Promise<void> {
  const { spec, paths, environment, log } = workspace;
  const kept = new Kept(workspace, "extensions", z.array(z.string()), []);
  const missing: string[] = [];
  let reason = "";
  for (const extension of spec.tools.extensions.filter((name) => !kept.value.includes(name))) {
    try {
      await runProgram(
        {
          command: [paths.editor, "--config", paths.editorConfig, "--install-extension", extension],
          environment,
          folder: paths.home,
          onLine: () => undefined,
        },
        PATIENCE_MS,
      );
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

/** Whether there is anything to install. */
export function wantsExtensions(workspace: Workspace): boolean {
  return hasEditor(workspace) && workspace.spec.tools.extensions.length > 0;
}
