import { spawn } from "node:child_process";
import type { PackageManager, RuntimeOptions } from "./runtime-options";

const WITHOUT_DEVELOPMENT: Record<PackageManager, string> = {
  npm: "--omit=dev",
  pnpm: "--prod",
  yarn: "--production",
  bun: "--production",
};

/**
 * Installs a program's npm packages, as `pulumi install` asks for, with the package manager that Pulumi.yaml names.
 * Throws for one that is missing or fails.
 */
export function installDependencies(
  folder: string,
  options: RuntimeOptions,
  output: { onStdout: (chunk: Buffer) => void; onStderr: (chunk: Buffer) => void; signal: AbortSignal },
): Promise<void> {
  const command = options.packageManager;
  const args = [
    "install",
    ...(command === "npm" ? ["--loglevel=error"] : []),
    ...(options.production ? [WITHOUT_DEVELOPMENT[command]] : []),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      signal: output.signal,
    });
    child.stdout.on("data", output.onStdout);
    child.stderr.on("data", output.onStderr);
    child.on("error", (error) =>
      reject(new Error(`cannot run ${command} in ${folder}: ${error.message}`, { cause: error })),
    );
    child.on("close", (code) =>
      code === 0
        ? resolve()
        : reject(
            new Error(
              `'${command} ${args.join(" ")}' failed in ${folder} (exit code ${code ?? -1}), see above`,
            ),
          ),
    );
  });
}
