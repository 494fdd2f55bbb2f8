import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { passesSignalsOn, passSignalsTo } from "./interrupts";
import { dataRoot, passphraseFile, projectRoot, pulumiHome, stateFolder } from "./paths";

const POLICY_PACK = path.join(projectRoot, "policy/pack");

/** Settings of Pulumi's own that the operator already made; ours never override one of these. */
const PASSPHRASE_SETTINGS = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"];

/**
 * The variables with which a plain `pulumi` command works on this project: our toolchain, and, unless the operator chose
 * others by Pulumi's usual settings, the file backend and the generated passphrase.
 */
export function pulumiVariables(stack: string): Record<string, string> {
  const variables: Record<string, string> = {
    PULUMI_HOME: pulumiHome,
    PULUMI_STACK: stack,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The toolchain brings what a stack uses; Pulumi would bring a plugin for every package that is installed, the clouds' too.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // A config file without the passphrase's salt is right: the state has it.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    // Every preview and update is judged, whoever types the command. Pulumi reads a list: a comma in the path needs its quotes.
    PULUMI_OPTION_POLICY_PACK: POLICY_PACK.includes(",") ? `"${POLICY_PACK}"` : POLICY_PACK,
    PATH: `${path.join(pulumiHome, "bin")}${path.delimiter}${process.env.PATH ?? ""}`,
  };
  if (!process.env.PULUMI_BACKEND_URL) variables.PULUMI_BACKEND_URL = `file://${stateFolder}`;
  if (!PASSPHRASE_SETTINGS.some((name) => name in process.env)) {
    variables.PULUMI_CONFIG_PASSPHRASE_FILE = passphraseFile;
  }
  return variables;
}

/** Makes the state folder and, once, the passphrase (256 bits, readable by its owner only). */
export function ensureBackend(stack: string): void {
  const variables = pulumiVariables(stack);
  if (variables.PULUMI_BACKEND_URL) fs.mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  if (variables.PULUMI_CONFIG_PASSPHRASE_FILE && !fs.existsSync(passphraseFile)) {
    fs.writeFileSync(passphraseFile, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  }
}

/** Commands that write the passphrase's salt into the stack's config file, although the state holds it too. */
const CONFIG_WRITERS = ["up", "preview", "refresh", "destroy"];

/** Such a command gets a copy of the config file, so that a fresh clone stays clean in git. */
function configFileArguments(stack: string, command: string | undefined): string[] {
  if (command === undefined || !CONFIG_WRITERS.includes(command)) return [];
  return ["--config-file", configFileCopy(stack)];
}

/** A copy of a stack's config file that Pulumi may write into. */
export function configFileCopy(stack: string): string {
  const name = `Pulumi.${stack}.yaml`;
  const copy = path.join(dataRoot, "config", name);
  fs.mkdirSync(path.dirname(copy), { recursive: true });
  fs.copyFileSync(path.join(projectRoot, name), copy);
  return copy;
}

export interface PulumiResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs the Pulumi command in the project. With `show` its output goes to this process's own output as it comes; otherwise it
 * is collected. Never throws for a failing command: the caller decides what a non-zero exit code means.
 */
export function pulumi(
  stack: string,
  args: string[],
  options: { show?: boolean } = {},
): Promise<PulumiResult> {
  const allArgs = ["--non-interactive", "--color=auto", ...args, ...configFileArguments(stack, args[0])];
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(pulumiHome, "bin", "pulumi"), allArgs, {
      cwd: projectRoot,
      env: { ...process.env, ...pulumiVariables(stack) },
      stdio: ["ignore", options.show ? "inherit" : "pipe", options.show ? "inherit" : "pipe"],
      detached: passesSignalsOn(),
    });
    passSignalsTo(child);
    let stdout = "";
    let stderr = "";
    child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", (error) =>
      reject(
        new Error(`cannot start Pulumi (${error.message}); run 'make toolchain' first`, { cause: error }),
      ),
    );
    child.on("close", (code) => resolve({ exitCode: code ?? 1, stdout, stderr }));
  });
}

/** Like {@link pulumi}, but a failing command is an error that carries its output. */
export async function pulumiOrThrow(
  stack: string,
  args: string[],
  options: { show?: boolean } = {},
): Promise<string> {
  const result = await pulumi(stack, args, options);
  if (result.exitCode !== 0) {
    throw new Error(
      `pulumi ${args.join(" ")} failed (exit code ${result.exitCode})\n${result.stderr}${result.stdout}`.trim(),
    );
  }
  return result.stdout;
}
