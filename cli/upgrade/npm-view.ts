import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { causeOf, EXIT, Failure } from "../failure";

const run = promisify(execFile);
const TIMEOUT_MS = 10_000;
/** On Windows npm is a script of the shell's. */
const IS_WINDOWS = process.platform === "win32";

const refusal = z.object({ error: z.object({ code: z.string().optional(), summary: z.string() }) });

/**
 * The newest version of a package at the registry that npm is set up for, with npm's own way in: npm_config_registry, the .npmrc files, a
 * registry for a scope, tokens, proxies, CA bundles; the public registry where nothing names another.
 * @param name checked to be the name of a package.
 * @throws Failure where there is no npm, no answer or no such package.
 */
export async function newestVersion(name: string, environment = process.env): Promise<string> {
  const limits = ["--fetch-retries=0", `--fetch-timeout=${TIMEOUT_MS}`, "--no-update-notifier"];
  try {
    const words = ["view", "--json", ...limits, "--", name, "version"];
    const { stdout } = await run("npm", words, {
      env: environment,
      shell: IS_WINDOWS,
      timeout: 3 * TIMEOUT_MS,
    });
    return z.string().parse(JSON.parse(stdout));
  } catch (error) {
    throw new Failure(
      `the newest version of ${name} cannot be asked for: ${reasonOf(error)}. It is asked at the registry that npm is set up for: ` +
        "`npm config get registry` shows it, npm_config_registry or a .npmrc names another",
      EXIT.unreachable,
      { cause: error },
    );
  }
}

/** npm says on its standard output what is wrong, in the form that was asked for. */
function reasonOf(error: unknown): string {
  const { code, stdout } = error as { code?: unknown; stdout?: string };
  if (code === "ENOENT") return "there is no npm on PATH";
  try {
    return refusal.parse(JSON.parse(stdout ?? "")).error.summary.trim();
  } catch {
    // Another npm, or it was killed: the system's words have to do.
    return causeOf(error);
  }
}
